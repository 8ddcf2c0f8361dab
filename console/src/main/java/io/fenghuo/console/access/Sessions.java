package io.fenghuo.console.access;

import io.fenghuo.console.ConsoleDatabase;
import io.fenghuo.console.http.User;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who is signed in. The token is in the browser's cookie only; the database has its hash. What was
 * found is believed for some seconds, and for longer while the database is away, so that the wall
 * screen stays.
 */
public final class Sessions {

  /** A session ends when it has not been used for so long. */
  static final Duration IDLE = Duration.ofHours(12);

  /** And at last after so long. */
  static final Duration LONGEST = Duration.ofDays(7);

  /** Of somebody a provider vouches for: then it says again which roles they have. */
  static final Duration LONGEST_OPENID = Duration.ofHours(12);

  private static final Duration BELIEVED = Duration.ofSeconds(10);
  private static final Duration BELIEVED_WHILE_AWAY = Duration.ofMinutes(10);
  private static final int TOKEN_BYTES = 32;
  private static final int MOST_REMEMBERED = 10_000;

  private record Seen(User user, Instant at, Instant expires) {}

  private final ConsoleDatabase database;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Seen> seen = new ConcurrentHashMap<>();

  public Sessions(ConsoleDatabase database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /** A random text nobody can guess. */
  public String newToken() {
    byte[] bytes = new byte[TOKEN_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /**
   * Opens a session.
   *
   * @return its token, which is kept nowhere
   */
  String open(String name) {
    String token = newToken();
    Instant now = clock.instant();
    database.useTransaction(
        handle -> {
          handle
              .createUpdate("delete from session where expires_at < :now")
              .bind("now", now)
              .execute();
          handle
              .createUpdate(
                  "insert into session (token_hash, name, csrf, created_at, seen_at, expires_at)"
                      + " values (:hash, :name, :csrf, :now, :now, :expires)")
              .bind("hash", hash(token))
              .bind("name", name)
              .bind("csrf", newToken())
              .bind("now", now)
              .bind("expires", now.plus(IDLE))
              .execute();
        });
    return token;
  }

  /** Who holds this token, while the session lasts and the account may sign in. */
  public Optional<User> find(String token) {
    if (token.length() > 2 * TOKEN_BYTES) {
      return Optional.empty();
    }
    String key = HexFormat.of().formatHex(hash(token));
    Instant now = clock.instant();
    Seen known = seen.get(key);
    if (known != null && now.isBefore(known.at().plus(BELIEVED)) && now.isBefore(known.expires())) {
      return Optional.of(known.user());
    }
    try {
      Optional<Seen> found = look(token, now);
      if (found.isEmpty()) {
        seen.remove(key);
        return Optional.empty();
      }
      if (seen.size() >= MOST_REMEMBERED) {
        seen.clear();
      }
      seen.put(key, found.get());
      return Optional.of(found.get().user());
    } catch (RuntimeException failure) {
      boolean stillBelieved =
          known != null
              && ConsoleDatabase.isAway(failure)
              && now.isBefore(known.at().plus(BELIEVED_WHILE_AWAY))
              && now.isBefore(known.expires());
      if (!stillBelieved) {
        throw failure;
      }
      return Optional.of(known.user());
    }
  }

  private Optional<Seen> look(String token, Instant now) {
    return database.inTransaction(
        handle -> {
          Optional<Seen> found =
              handle
                  .createQuery(
                      "select a.name, a.roles, a.must_change_password, a.subject, s.csrf,"
                          + " s.created_at, s.seen_at, s.expires_at"
                          + " from session s join account a using (name)"
                          + " where s.token_hash = :hash and s.expires_at > :now"
                          + " and s.created_at > case when a.subject is null"
                          + " then cast(:oldest as timestamptz)"
                          + " else cast(:oldestOpenId as timestamptz) end and not a.disabled")
                  .bind("hash", hash(token))
                  .bind("now", now)
                  .bind("oldest", now.minus(LONGEST))
                  .bind("oldestOpenId", now.minus(LONGEST_OPENID))
                  .map(
                      (row, context) ->
                          new Seen(
                              new User(
                                  row.getString("name"),
                                  Account.roles((String[]) row.getArray("roles").getArray()),
                                  row.getBoolean("must_change_password"),
                                  row.getString("csrf"),
                                  row.getString("subject") == null
                                      ? User.Way.SESSION
                                      : User.Way.OPENID),
                              now,
                              row.getTimestamp("expires_at").toInstant()))
                  .findOne();
          if (found.isPresent()) {
            handle
                .createUpdate(
                    "update session set seen_at = :now, expires_at = :expires"
                        + " where token_hash = :hash and seen_at < :before")
                .bind("now", now)
                .bind("expires", now.plus(IDLE))
                .bind("hash", hash(token))
                .bind("before", now.minusSeconds(60))
                .execute();
          }
          return found;
        });
  }

  void end(String token) {
    seen.clear();
    database.useTransaction(
        handle ->
            handle
                .createUpdate("delete from session where token_hash = :hash")
                .bind("hash", hash(token))
                .execute());
  }

  /** Ends all sessions of an account: its password or its roles have changed. */
  void endAll(String name) {
    seen.clear();
    database.useTransaction(
        handle ->
            handle
                .createUpdate("delete from session where name = :name")
                .bind("name", name)
                .execute());
  }

  /** SHA-256. */
  static byte[] hash(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every Java has SHA-256", missing);
    }
  }
}
