package io.fenghuo.console.access;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.console.ConsoleDatabase;
import io.fenghuo.console.access.OpenIdAttempts.Attempt;
import io.fenghuo.console.access.OpenIdProvider.Person;
import io.fenghuo.console.access.Refusal.Reason;
import io.fenghuo.console.http.Call;
import io.fenghuo.console.http.Gate;
import io.fenghuo.console.http.Need;
import io.fenghuo.console.http.Problem;
import io.fenghuo.console.http.Role;
import io.fenghuo.console.http.Route;
import io.fenghuo.console.http.Server;
import io.javalin.http.Context;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signing in at an OpenID provider: off to it, and back. Both routes are pages for a browser and
 * answer with a redirect, also when something is wrong: the sign-in page then says what.
 */
public final class OpenIdApi {

  private static final Logger LOG = LoggerFactory.getLogger(OpenIdApi.class);

  private static final String BEGIN = "/session/openid";
  private static final String BACK = BEGIN + "/callback";
  private static final String COOKIE = "fenghuo_openid";
  private static final String COOKIE_PATH = Server.BASE + BEGIN;

  /** A page of ours and nothing else: browsers take a backslash for a slash. */
  private static final Pattern OWN_PAGE = Pattern.compile("/(?!/)[\\x21-\\x7E&&[^\\\\]]{0,500}");

  private static final int LONGEST_CODE = 4_096;

  private final Optional<OpenIdSettings> settings;
  private final Optional<OpenIdProvider> provider;
  private final OpenIdAttempts attempts;
  private final Accounts accounts;
  private final Sessions sessions;
  private final AuditLog audit;
  private final Gate gate;
  private final ConsoleDatabase database;
  private final Supplier<String> address;

  /**
   * @param settings empty when there is no provider
   * @param address of this console, as {@code http://127.0.0.1:8080}, where no other is set
   */
  public OpenIdApi(
      Optional<OpenIdSettings> settings,
      ConsoleDatabase database,
      Accounts accounts,
      Sessions sessions,
      AuditLog audit,
      Gate gate,
      Supplier<String> address,
      InstantSource clock) {
    this.settings = settings;
    this.provider = settings.map(each -> new OpenIdProvider(each, clock));
    this.attempts = new OpenIdAttempts(database, clock);
    this.accounts = accounts;
    this.sessions = sessions;
    this.audit = audit;
    this.gate = gate;
    this.database = database;
    this.address = address;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(BEGIN, Need.ANYBODY, "Sends the browser to the OpenID provider", this::begin)
            .query("next"),
        Route.get(BACK, Need.ANYBODY, "Where the provider sends the browser back", this::back)
            .query("state", "code", "error"));
  }

  /** What the sign-in page offers: title and address; null when there is no provider. */
  ObjectNode offer() {
    return settings
        .map(
            each ->
                Json.MAPPER
                    .createObjectNode()
                    .put("title", each.title())
                    .put("url", address(BEGIN)))
        .orElse(null);
  }

  /** Always the same host: the cookie must be there when the browser comes back. */
  private String address(String path) {
    return settings.flatMap(OpenIdSettings::address).orElseGet(address) + Server.BASE + path;
  }

  private OpenIdProvider provider(Call call) {
    return provider.orElseThrow(() -> Problem.notFound(call.context().path()));
  }

  private void begin(Call call) {
    OpenIdProvider there = provider(call);
    String wanted = call.query("next").orElse("/");
    String next = OWN_PAGE.matcher(wanted).matches() ? wanted : "/";
    if (!gate.authentication()) {
      call.context().redirect(next);
      return;
    }
    try {
      String state = sessions.newToken();
      String browser = sessions.newToken();
      Attempt attempt = new Attempt(sessions.newToken(), sessions.newToken(), next);
      String away = there.authorization(state, attempt, address(BACK));
      attempts.begin(state, browser, attempt);
      cookie(call.context(), browser, (int) OpenIdAttempts.LASTS.toSeconds());
      call.context().redirect(away);
    } catch (Refusal refused) {
      refuse(call, refused);
    } catch (RuntimeException failure) {
      refuse(call, databaseAway(failure));
    }
  }

  private void back(Call call) {
    OpenIdProvider there = provider(call);
    String browser = call.context().cookie(COOKIE);
    try {
      Attempt attempt =
          attempts.take(call.query("state").orElse(""), browser == null ? "" : browser);
      cookie(call.context(), "", 0);
      Person person = there.person(code(call), attempt, address(BACK));
      Account account = account(call, person);
      String token = sessions.open(account.name());
      database.useTransaction(
          handle ->
              audit.note(
                  handle,
                  account.name(),
                  call.context().ip(),
                  "sign-in",
                  account.name(),
                  "OpenID, " + account.labels()));
      AccessApi.setCookie(call.context(), token);
      call.context().redirect(attempt.next());
    } catch (Refusal refused) {
      refuse(call, refused);
    } catch (RuntimeException failure) {
      refuse(call, databaseAway(failure));
    }
  }

  private static String code(Call call) throws Refusal {
    String code = call.query("code").orElse("");
    if (code.isEmpty() || code.length() > LONGEST_CODE) {
      String error = call.query("error").orElse("no code");
      throw new Refusal(Reason.DECLINED, "the provider said " + error.replaceAll("[^\\w .-]", "?"));
    }
    return code;
  }

  private Account account(Call call, Person person) throws Refusal {
    Set<Role> roles = settings.orElseThrow().rolesIn(person.groups());
    Optional<Account> account = accounts.vouchedFor(settings.orElseThrow().issuer(), person, roles);
    if (account.isEmpty() || account.get().disabled() || roles.isEmpty()) {
      boolean disabled = account.isPresent() && account.get().disabled();
      String name = account.map(Account::name).orElseGet(() -> Accounts.nameOf(person));
      account.ifPresent(each -> sessions.endAll(each.name()));
      database.useTransaction(
          handle ->
              audit.note(
                  handle,
                  name,
                  call.context().ip(),
                  "sign-in refused",
                  name,
                  disabled ? "OpenID, disabled" : "OpenID, no role"));
      throw disabled
          ? new Refusal(Reason.DISABLED, "the account is disabled")
          : new Refusal(Reason.NO_ROLE, "none of their groups gives a role");
    }
    return account.get();
  }

  private static Refusal databaseAway(RuntimeException failure) {
    if (!ConsoleDatabase.isAway(failure)) {
      throw failure;
    }
    return new Refusal(Reason.DATABASE_AWAY, failure.toString());
  }

  private static void refuse(Call call, Refusal refused) {
    LOG.info("no sign-in at the provider, {}: {}", refused.reason().label(), refused.getMessage());
    call.context().redirect("/login?refused=" + refused.reason().label());
  }

  private static void cookie(Context context, String value, int seconds) {
    Cookies.set(context, COOKIE, value, COOKIE_PATH, seconds);
  }
}
