package io.fenghuo.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.fenghuo.console.http.Gate;
import io.fenghuo.console.http.Need;
import io.fenghuo.console.http.Role;
import io.fenghuo.console.http.Route;
import io.fenghuo.console.http.Server;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who may do what, and how one proves who one is. */
class AccessTest {

  private final MovingClock clock = new MovingClock(Instant.parse("2026-11-11T12:00:00Z"));
  private final TestConsole test = new TestConsole(clock);

  @AfterEach
  void close() {
    test.close();
  }

  @Test
  void everyRouteAnswersExactlyTheRolesItIsDeclaredFor() {
    test.start();
    Map<Role, Visitor> people = new LinkedHashMap<>();
    for (Role role : Role.values()) {
      people.put(role, test.somebody("walks-as-" + role.label(), role.label()));
    }
    Visitor nobody = test.visitor();
    Visitor without = test.somebody("has-no-role");
    List<String> wrong = new ArrayList<>();
    for (Route route : test.console().routes()) {
      if (route.path().equals("/live/stream") || route.path().startsWith("/session")) {
        continue; // the one never ends, the others are tested by themselves
      }
      boolean open = route.need() == Need.ANYBODY;
      check(wrong, route, "nobody", nobody, open);
      check(wrong, route, "no role", without, open || route.need() == Need.SIGNED_IN);
      people.forEach(
          (role, visitor) ->
              check(
                  wrong,
                  route,
                  role.label(),
                  visitor,
                  open
                      || role == Role.ADMIN
                      || route.need() == Need.VIEWER
                      || route.need() == Need.SIGNED_IN
                      || route.need().name().equals(role.name())
                      || route.need() == Need.DESK
                          && (role == Role.REVIEWER || role == Role.APPROVER)));
    }
    assertThat(wrong).isEmpty();
    assertThat(test.console().routes()).hasSizeGreaterThan(40);
  }

  private static void check(
      List<String> wrong, Route route, String who, Visitor visitor, boolean may) {
    // What is named is not there, or the body is not right: nobody changes anything here.
    String path = route.path().replaceAll("\\{\\w+}", "none");
    Visitor.Answer answer =
        visitor.send(route.method(), path, route.method().equals("GET") ? null : "[]");
    boolean refused = answer.status() == 401 || answer.status() == 403;
    if (refused == may) {
      wrong.add(who + " " + route.method() + " " + path + " → " + answer.status());
    }
    if (answer.status() >= 400 && answer.code().isEmpty()) {
      wrong.add(who + " " + route.method() + " " + path + " is refused without a problem");
    }
  }

  @Test
  void aRouteThatDoesNotSayWhoMayCallItDoesNotStart() {
    assertThatThrownBy(() -> Route.get("/secret", null, "", call -> {}))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("/secret says not who may call it");
  }

  @Test
  void withoutAuthenticationTheConsoleListensOnLoopbackOnly() {
    Gate open = new Gate(false, Optional.empty(), token -> Optional.empty(), "csrf");
    assertThatThrownBy(() -> Server.start("0.0.0.0", 0, List.of(), open))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("would let everybody in");
  }

  @Test
  void withoutAuthenticationEverybodyOnThisMachineMayDoEverythingButNoOtherSite() {
    test.start(false);
    Visitor visitor = test.visitor();
    JsonNode session = visitor.get("/session").json();
    assertThat(session.path("authentication").asText()).isEqualTo("off");
    assertThat(session.path("user").path("name").asText()).isEqualTo("demo");
    assertThat(visitor.get("/accounts").status()).isEqualTo(200);
    // A page of another site can send a form, but does not know the token.
    assertThat(visitor.post("/cases/next", "{}").code()).isEqualTo("csrf");
    visitor.with("X-CSRF-Token", session.path("csrf").asText());
    assertThat(visitor.post("/cases/next", "{}").status()).isEqualTo(204);
    visitor.with("Origin", "https://elsewhere.example");
    assertThat(visitor.post("/cases/next", "{}").code()).isEqualTo("other_site");
  }

  @Test
  void theFirstPasswordMustBeChangedBeforeAnythingElse() {
    test.start();
    String oneTime = test.console().firstPassword().orElseThrow().reveal();
    Visitor admin = test.visitor();
    Visitor.Answer in = admin.post("/session", "{'name':'admin','password':'" + oneTime + "'}");
    assertThat(in.json().path("user").path("mustChangePassword").asBoolean()).isTrue();
    assertThat(in.raw().headers().firstValue("Set-Cookie").orElseThrow())
        .contains("HttpOnly")
        .contains("SameSite=Lax");
    assertThat(admin.get("/accounts").code()).isEqualTo("must_change_password");

    admin.with("X-CSRF-Token", in.json().path("csrf").asText());
    String change = "{'old':'" + oneTime + "','new':'%s'}";
    assertThat(admin.post("/session/password", change.formatted("too short")).status())
        .isEqualTo(400);
    assertThat(
            admin
                .post("/session/password", change.formatted("long enough at last"))
                .json()
                .path("user")
                .path("mustChangePassword")
                .asBoolean())
        .isFalse();
    assertThat(admin.get("/accounts").status()).isEqualTo(200);

    test.stop();
    test.start();
    assertThat(test.console().firstPassword()).isEmpty();
  }

  @Test
  void aForgedOrExpiredSessionIsNobodys() {
    test.start();
    Visitor viewer = test.somebody("wang", "viewer");
    assertThat(viewer.get("/cases").status()).isEqualTo(200);
    Visitor forger = test.visitor().with("Cookie", Gate.COOKIE + "=" + "x".repeat(43));
    assertThat(forger.get("/cases").status()).isEqualTo(401);
    assertThat(forger.get("/session").json().path("user").isNull()).isTrue();
    assertThat(
            test.visitor()
                .with("Cookie", Gate.COOKIE + "=" + "y".repeat(9_000))
                .get("/cases")
                .status())
        .isIn(401, 431);

    clock.move(Duration.ofHours(13));
    assertThat(viewer.get("/cases").status()).isEqualTo(401);
  }

  @Test
  void signingOutEndsTheSessionAndAChangeOfRolesDoesToo() {
    test.start();
    Visitor wang = test.somebody("wang", "viewer");
    assertThat(wang.delete("/session").status()).isEqualTo(200);
    assertThat(wang.get("/cases").status()).isEqualTo(401);

    Visitor li = test.somebody("li", "viewer");
    String etag = etagOf("li");
    assertThat(test.admin().put("/accounts/li", "{'roles':['reviewer']}").status()).isEqualTo(428);
    test.admin().with("If-Match", "\"77\"");
    assertThat(test.admin().put("/accounts/li", "{'roles':['reviewer']}").status()).isEqualTo(412);
    test.admin().with("If-Match", etag);
    assertThat(test.admin().put("/accounts/li", "{'roles':['reviewer']}").status()).isEqualTo(200);
    test.admin().without("If-Match");
    assertThat(li.get("/cases").status()).isEqualTo(401);
  }

  private String etagOf(String name) {
    for (JsonNode item : test.admin().get("/accounts").json().path("items")) {
      if (item.path("name").asText().equals(name)) {
        return item.path("etag").asText();
      }
    }
    throw new AssertionError(name);
  }

  @Test
  void theLastAdministratorCannotLockEverybodyOut() {
    test.start();
    test.admin();
    test.admin().with("If-Match", etagOf("admin"));
    assertThat(test.admin().put("/accounts/admin", "{'roles':['viewer']}").code())
        .isEqualTo("last_admin");
  }

  @Test
  void whoGuessesPasswordsMustWaitLongerAndLongerAndOthersNeedNot() {
    test.start();
    test.admin();
    test.somebody("wang", "viewer");
    Visitor guesser = test.visitor();
    int refused = 0;
    for (int i = 0; i < 200; i++) {
      Visitor.Answer answer =
          guesser.post("/session", "{'name':'wang','password':'guess " + i + "'}");
      if (answer.status() == 429) {
        refused++;
        assertThat(answer.raw().headers().firstValue("Retry-After")).isPresent();
      } else {
        assertThat(answer.code()).isEqualTo("wrong_password");
      }
    }
    assertThat(refused).isEqualTo(195);
    String right = "{'name':'wang','password':'" + Visitor.OWN + "'}";
    assertThat(test.visitor().post("/session", right).status()).isEqualTo(429);
    assertThat(
            test.visitor()
                .post("/session", "{'name':'admin','password':'" + Visitor.OWN + "'}")
                .status())
        .isEqualTo(200);

    clock.move(Duration.ofMinutes(31));
    assertThat(test.visitor().post("/session", right).status()).isEqualTo(200);
  }

  @Test
  void whatWasDoneIsWrittenDownAndCannotBeUnwritten() {
    test.start();
    Visitor.Answer made = test.admin().post("/accounts", "{'name':'wang','roles':['viewer']}");
    assertThat(made.status()).isEqualTo(201);
    assertThat(test.admin().post("/accounts", "{'name':'wang','roles':[]}").code())
        .isEqualTo("name_taken");
    assertThat(test.admin().post("/accounts", "{'name':'<script>','roles':[]}").status())
        .isEqualTo(400);
    String oneTime = made.json().path("oneTimePassword").asText();
    assertThat(test.visitor().signIn("wang", oneTime).get("/cases").code())
        .isEqualTo("must_change_password");
    JsonNode items = test.admin().get("/audit?what=account%20made").json().path("items");
    assertThat(items).hasSize(1);
    assertThat(items.get(0).path("who").asText()).isEqualTo("admin");
    assertThat(items.get(0).path("subject").asText()).isEqualTo("wang");
    for (String sql :
        List.of("update audit set who = 'x'", "delete from audit", "truncate audit")) {
      assertThatThrownBy(() -> test.database.useTransaction(handle -> handle.execute(sql)))
          .hasStackTraceContaining("append only");
    }
  }

  @Test
  void passwordsAndTokensAreNotInTheDatabase() {
    test.start();
    Visitor wang = test.somebody("wang", "viewer");
    assertThat(wang.get("/cases").status()).isEqualTo(200);
    assertThat(test.count("select count(*) from account where password not like '$argon2id$%'"))
        .isZero();
    assertThat(test.count("select count(*) from session where length(token_hash) <> 32")).isZero();
  }
}
