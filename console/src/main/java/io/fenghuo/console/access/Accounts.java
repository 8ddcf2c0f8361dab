package io.fenghuo.console.access;

import io.fenghuo.alerting.Secret;
import io.fenghuo.console.Characters;
import io.fenghuo.console.ConsoleDatabase;
import io.fenghuo.console.access.OpenIdProvider.Person;
import io.fenghuo.console.http.Call;
import io.fenghuo.console.http.Problem;
import io.fenghuo.console.http.Role;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** Accounts and their passwords. */
public final class Accounts {

  static final String ADMIN = "admin";
  private static final int MOST_NAMESAKES = 99;

  /** Room is left for a number that tells namesakes apart. */
  private static final int LONGEST_NAME = 60;

  static final int LEAST_PASSWORD = 12;
  static final int LONGEST_PASSWORD = 256;

  private final ConsoleDatabase database;
  private final InstantSource clock;
  private final Passwords passwords = new Passwords();

  public Accounts(ConsoleDatabase database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /**
   * Until somebody has an account with a password of their own, each start gives the administrator
   * a new one-time password, so that one that was overlooked locks nobody out.
   */
  public Optional<Secret> firstPassword() {
    Secret oneTime = passwords.oneTime();
    String hash = passwords.hash(oneTime);
    return database.inTransaction(
        handle -> {
          int usable =
              handle
                  .createQuery(
                      "select count(*) from account where not must_change_password"
                          + " and password is not null")
                  .mapTo(Integer.class)
                  .one();
          if (usable > 0) {
            return Optional.empty();
          }
          handle
              .createUpdate(
                  "insert into account (name, password, roles, must_change_password, created_at)"
                      + " values (:name, :hash, :roles, true, :now) on conflict (name) do update"
                      + " set password = :hash, roles = :roles, disabled = false,"
                      + " version = account.version + 1")
              .bind("name", ADMIN)
              .bind("hash", hash)
              .bind("roles", new String[] {Role.ADMIN.label()})
              .bind("now", clock.instant())
              .execute();
          return Optional.of(oneTime);
        });
  }

  /**
   * The account of somebody a provider vouches for, with the roles it says they have now; made when
   * they come for the first time with a role. Disabled stays disabled.
   *
   * @return empty for a stranger without a role
   */
  Optional<Account> vouchedFor(String issuer, Person person, Set<Role> roles) {
    return database.inTransaction(
        handle -> {
          Optional<Account> known = known(handle, issuer, person.subject());
          if (known.isPresent() && known.get().roles().equals(roles)) {
            return known;
          }
          if (known.isPresent()) {
            handle
                .createUpdate(
                    "update account set roles = :roles, version = version + 1 where name = :name")
                .bind("roles", Account.labels(roles))
                .bind("name", known.get().name())
                .execute();
          } else if (!roles.isEmpty()) {
            make(handle, issuer, person, roles);
          }
          return known(handle, issuer, person.subject());
        });
  }

  private static Optional<Account> known(Handle handle, String issuer, String subject) {
    return handle
        .createQuery(
            "select "
                + Account.COLUMNS
                + " from account a where issuer = :issuer and subject = :subject for update")
        .bind("issuer", issuer)
        .bind("subject", Characters.storable(subject))
        .map(Account::read)
        .findOne();
  }

  /** Under the first name that is free: another's account is never theirs because of a name. */
  private void make(Handle handle, String issuer, Person person, Set<Role> roles) {
    String name = nameOf(person);
    for (int i = 1; i <= MOST_NAMESAKES; i++) {
      String tried = i == 1 ? name : name + "-" + i;
      int made =
          tried.equals(ADMIN)
              ? 0
              : handle
                  .createUpdate(
                      "insert into account (name, roles, must_change_password, created_at, issuer,"
                          + " subject) values (:name, :roles, false, :now, :issuer, :subject)"
                          + " on conflict do nothing")
                  .bind("name", tried)
                  .bind("roles", Account.labels(roles))
                  .bind("now", clock.instant())
                  .bind("issuer", issuer)
                  .bind("subject", Characters.storable(person.subject()))
                  .execute();
      // The same person may be coming in twice at once.
      if (made > 0 || known(handle, issuer, person.subject()).isPresent()) {
        return;
      }
    }
    throw Problem.conflict("name_taken", "账号已存在", "There are too many accounts of this name");
  }

  /** What somebody is called, as names of accounts may look. */
  static String nameOf(Person person) {
    String name = person.name().strip().replaceAll("[^\\p{L}\\p{N}._@-]+", ".");
    String cut = Characters.cut(name, LONGEST_NAME);
    return cut.isEmpty() || cut.equals(".") ? "somebody" : cut;
  }

  Optional<Account> find(String name) {
    return database.read(handle -> find(handle, name));
  }

  private static Optional<Account> find(Handle handle, String name) {
    return handle
        .createQuery("select " + Account.COLUMNS + " from account a where name = :name")
        .bind("name", name)
        .map(Account::read)
        .findOne();
  }

  List<Account> list() {
    return database.read(
        handle ->
            handle
                .createQuery("select " + Account.COLUMNS + " from account a order by name")
                .map(Account::read)
                .list());
  }

  /** The account, when the password is right and it may sign in. */
  Optional<Account> signIn(String name, Secret password) {
    Optional<String> hash =
        database.read(
            handle ->
                handle
                    .createQuery(
                        "select password from account where name = :name and not disabled"
                            + " and password is not null")
                    .bind("name", name)
                    .mapTo(String.class)
                    .findOne());
    return passwords.isRight(password, hash.orElse(null)) ? find(name) : Optional.empty();
  }

  /** False when the old password is wrong. */
  boolean changePassword(String name, Secret old, Secret wanted) {
    if (signIn(name, old).isEmpty()) {
      return false;
    }
    set(name, wanted, false);
    return true;
  }

  private void set(String name, Secret password, boolean mustChange) {
    String hash = passwords.hash(password);
    database.useTransaction(
        handle ->
            handle
                .createUpdate(
                    "update account set password = :hash, must_change_password = :must,"
                        + " version = version + 1 where name = :name")
                .bind("hash", hash)
                .bind("must", mustChange)
                .bind("name", name)
                .execute());
  }

  /**
   * Makes an account.
   *
   * @return its one-time password
   */
  Secret create(String name, Set<Role> roles) {
    Secret oneTime = passwords.oneTime();
    String hash = passwords.hash(oneTime);
    int made =
        database.inTransaction(
            handle ->
                handle
                    .createUpdate(
                        "insert into account (name, password, roles, must_change_password,"
                            + " created_at) values (:name, :hash, :roles, true, :now)"
                            + " on conflict do nothing")
                    .bind("name", name)
                    .bind("hash", hash)
                    .bind("roles", Account.labels(roles))
                    .bind("now", clock.instant())
                    .execute());
    if (made == 0) {
      throw Problem.conflict("name_taken", "账号已存在", "There is an account of this name");
    }
    return oneTime;
  }

  /** A new one-time password for an account that is there. */
  Secret reset(String name) {
    if (find(name).orElseThrow(() -> Problem.notFound(name)).openId()) {
      throw Problem.conflict(
          "no_password", "此账号在登录服务登录，没有密码", "This account signs in at the OpenID provider");
    }
    Secret oneTime = passwords.oneTime();
    set(name, oneTime, true);
    return oneTime;
  }

  Account update(String name, Set<Role> roles, boolean disabled, long version) {
    return database.inTransaction(
        handle -> {
          Account known = find(handle, name).orElseThrow(() -> Problem.notFound(name));
          if (known.version() != version) {
            throw Call.changed();
          }
          if (known.openId() && !known.roles().equals(roles)) {
            throw Problem.conflict(
                "roles_from_provider",
                "此账号的角色由登录服务决定，请在那里修改",
                "The OpenID provider says which roles this account has: change them there");
          }
          requireAnAdmin(handle, name, roles, disabled);
          int changed =
              handle
                  .createUpdate(
                      "update account set roles = :roles, disabled = :disabled,"
                          + " version = version + 1 where name = :name and version = :version")
                  .bind("roles", Account.labels(roles))
                  .bind("disabled", disabled)
                  .bind("name", name)
                  .bind("version", version)
                  .execute();
          if (changed == 0) {
            throw Call.changed();
          }
          return find(handle, name).orElseThrow();
        });
  }

  /** The last administrator must not lock everybody out. */
  private static void requireAnAdmin(
      Handle handle, String name, Set<Role> roles, boolean disabled) {
    int others =
        handle
            .createQuery(
                "select count(*) from account where 'admin' = any(roles) and not disabled"
                    + " and name <> :name")
            .bind("name", name)
            .mapTo(Integer.class)
            .one();
    if (others == 0 && (disabled || !roles.contains(Role.ADMIN))) {
      throw Problem.conflict(
          "last_admin", "至少要保留一个管理员", "This is the last administrator; make another first");
    }
  }
}
