package io.fenghuo.console.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.alerting.Secret;
import io.fenghuo.console.ConsoleDatabase;
import io.fenghuo.console.http.Call;
import io.fenghuo.console.http.Gate;
import io.fenghuo.console.http.Need;
import io.fenghuo.console.http.Problem;
import io.fenghuo.console.http.Role;
import io.fenghuo.console.http.Route;
import io.fenghuo.console.http.User;
import io.javalin.http.Context;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Signing in and out, accounts. */
public final class AccessApi {

  private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}._@-]{1,64}");

  private final Accounts accounts;
  private final Sessions sessions;
  private final Throttle throttle;
  private final AuditLog audit;
  private final Gate gate;
  private final OpenIdApi openId;
  private final ZoneId zone;
  private final String version;
  private final InstantSource clock;
  private final ConsoleDatabase database;

  public AccessApi(
      ConsoleDatabase database,
      Accounts accounts,
      Sessions sessions,
      AuditLog audit,
      Gate gate,
      OpenIdApi openId,
      ZoneId zone,
      String version,
      InstantSource clock) {
    this.database = database;
    this.accounts = accounts;
    this.sessions = sessions;
    this.throttle = new Throttle(database, clock);
    this.audit = audit;
    this.gate = gate;
    this.openId = openId;
    this.zone = zone;
    this.version = version;
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(
        Route.get("/session", Need.ANYBODY, "Who is signed in", this::session),
        Route.post("/session", Need.ANYBODY, "Sign in", this::signIn).body("name", "password"),
        Route.delete("/session", Need.SIGNED_IN, "Sign out", this::signOut),
        Route.post("/session/password", Need.SIGNED_IN, "Change one's password", this::password)
            .body("old", "new"),
        Route.get("/accounts", Need.ADMIN, "All accounts", this::list),
        Route.post("/accounts", Need.ADMIN, "Make an account", this::create).body("name", "roles"),
        Route.put("/accounts/{name}", Need.ADMIN, "Change an account's roles", this::update)
            .body("roles", "disabled"),
        Route.post(
            "/accounts/{name}/reset", Need.ADMIN, "Give a new one-time password", this::reset));
  }

  private void session(Call call) {
    call.answer(session(call.user()));
  }

  private ObjectNode session(User user) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("authentication", gate.authentication() ? "on" : "off");
    if (user == null) {
      node.putNull("user");
    } else {
      ObjectNode who = node.putObject("user");
      who.put("name", user.name());
      who.set("roles", Json.MAPPER.valueToTree(Account.labels(user.roles())));
      who.put("mustChangePassword", user.mustChangePassword());
      who.put("password", user.way() == User.Way.SESSION);
    }
    node.put("csrf", user == null ? "" : user.csrf());
    node.put("zone", zone.getId());
    node.put("version", version);
    node.put("now", clock.instant().toString());
    node.putObject("login").put("password", true).set("oidc", openId.offer());
    return node;
  }

  private void signIn(Call call) {
    if (!gate.authentication()) {
      call.answer(session(call.user()));
      return;
    }
    JsonNode body = call.body();
    String name = Call.text(body, "name", 1, 64);
    Secret password = new Secret(body.path("password").asText(""));
    String address = call.context().ip();
    throttle.check(name, address);
    Optional<Account> account =
        password.reveal().length() > Accounts.LONGEST_PASSWORD
            ? Optional.empty()
            : accounts.signIn(name, password);
    if (account.isEmpty()) {
      throttle.failed(name, address);
      database.useTransaction(
          handle -> audit.note(handle, name, address, "sign-in refused", name, ""));
      throw new Problem(401, "wrong_password", "账号或密码不正确", "Wrong name or password");
    }
    throttle.succeeded(name, address);
    String token = sessions.open(name);
    database.useTransaction(handle -> audit.note(handle, name, address, "sign-in", name, ""));
    setCookie(call.context(), token);
    call.answer(session(sessions.find(token).orElseThrow()));
  }

  static void setCookie(Context context, String token) {
    Cookies.set(context, Gate.COOKIE, token, "/", (int) Sessions.LONGEST.toSeconds());
  }

  private void signOut(Call call) {
    String token = call.context().cookie(Gate.COOKIE);
    if (token != null && !token.isEmpty()) {
      sessions.end(token);
      audit.note(call, "sign-out", call.who(), "");
    }
    Cookies.set(call.context(), Gate.COOKIE, "", "/", 0);
    call.answer(session(gate.authentication() ? null : call.user()));
  }

  private void password(Call call) {
    JsonNode body = call.body();
    Secret old = new Secret(body.path("old").asText(""));
    Secret wanted = new Secret(body.path("new").asText(""));
    int length = wanted.reveal().codePointCount(0, wanted.reveal().length());
    if (length < Accounts.LEAST_PASSWORD || length > Accounts.LONGEST_PASSWORD) {
      throw Problem.field(
          "new",
          "expected "
              + Accounts.LEAST_PASSWORD
              + " to "
              + Accounts.LONGEST_PASSWORD
              + " characters");
    }
    if (old.equals(wanted)) {
      throw Problem.field("new", "expected another than the old one");
    }
    String address = call.context().ip();
    throttle.check(call.who(), address);
    if (call.user().way() != User.Way.SESSION
        || !accounts.changePassword(call.who(), old, wanted)) {
      throttle.failed(call.who(), address);
      throw new Problem(401, "wrong_password", "原密码不正确", "The old password is wrong");
    }
    // Whoever else holds a session of this account must know the new password.
    sessions.endAll(call.who());
    audit.note(call, "password changed", call.who(), "");
    String token = sessions.open(call.who());
    setCookie(call.context(), token);
    call.answer(session(sessions.find(token).orElseThrow()));
  }

  private void list(Call call) {
    ObjectNode answer = Json.MAPPER.createObjectNode();
    ArrayNode items = answer.putArray("items");
    accounts.list().forEach(account -> items.add(json(account)));
    answer.putNull("next");
    call.answer(answer);
  }

  private static ObjectNode json(Account account) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("name", account.name());
    node.set("roles", Json.MAPPER.valueToTree(account.labels()));
    node.put("mustChangePassword", account.mustChangePassword());
    node.put("disabled", account.disabled());
    node.put("openId", account.openId());
    node.put("createdAt", account.createdAt().toString());
    node.put("etag", "\"" + account.version() + "\"");
    return node;
  }

  private void create(Call call) {
    JsonNode body = call.body();
    String name = Call.text(body, "name", 1, 64);
    if (!NAME.matcher(name).matches()) {
      throw Problem.field("name", "expected letters, digits, and . _ @ -");
    }
    Secret oneTime = accounts.create(name, roles(body));
    audit.note(call, "account made", name, roles(body).toString());
    ObjectNode answer = json(accounts.find(name).orElseThrow());
    answer.put("oneTimePassword", oneTime.reveal());
    call.answer(201, answer);
  }

  private static Set<Role> roles(JsonNode body) {
    if (!body.path("roles").isArray()) {
      throw Problem.field("roles", "expected a list");
    }
    EnumSet<Role> roles = EnumSet.noneOf(Role.class);
    for (JsonNode each : body.path("roles")) {
      roles.add(
          Role.of(each.asText())
              .orElseThrow(
                  () ->
                      Problem.field(
                          "roles",
                          "expected viewer, reviewer, on-call, rule-author, approver, admin")));
    }
    return roles;
  }

  private void update(Call call) {
    JsonNode body = call.body();
    String name = call.path("name");
    Account account =
        accounts.update(name, roles(body), body.path("disabled").asBoolean(false), call.ifMatch());
    sessions.endAll(name);
    audit.note(
        call, "account changed", name, account.labels() + (account.disabled() ? " disabled" : ""));
    call.etag(account.version());
    call.answer(json(account));
  }

  private void reset(Call call) {
    String name = call.path("name");
    Secret oneTime = accounts.reset(name);
    sessions.endAll(name);
    audit.note(call, "password reset", name, "");
    call.answer(json(accounts.find(name).orElseThrow()).put("oneTimePassword", oneTime.reveal()));
  }
}
