package io.fenghuo.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fenghuo.console.access.FakeOpenIdProvider;
import io.fenghuo.console.access.OpenIdSettings;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Signing in at a provider, as a browser does it: off to it and back, over real HTTP. */
class OpenIdTest {

  private static final Instant NOW = Instant.parse("2026-11-11T12:00:00Z");

  private final MovingClock clock = new MovingClock(NOW);
  private final TestConsole test = new TestConsole(clock);
  private final FakeOpenIdProvider provider = new FakeOpenIdProvider(clock);

  @AfterEach
  void close() {
    test.close();
    provider.close();
  }

  private void start(OpenIdSettings settings) {
    test.with(settings).start();
  }

  private void start() {
    start(provider.settings("", "risk=reviewer,viewer", "bosses=approver"));
  }

  /** As far as the provider has sent the browser back, and not further. */
  private static String away(Visitor visitor, String next) {
    String offered = visitor.get("/session").json().path("login").path("oidc").path("url").asText();
    String there =
        location(visitor.go(offered + "?next=" + URLEncoder.encode(next, StandardCharsets.UTF_8)));
    return location(visitor.go(there));
  }

  private static String location(Visitor.Answer answer) {
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(302);
    return answer.raw().headers().firstValue("Location").orElseThrow();
  }

  /** Where the browser ends up. */
  private static String signIn(Visitor visitor) {
    return location(visitor.go(away(visitor, "/review")));
  }

  private static JsonNode user(Visitor visitor) {
    return visitor.get("/session").json().path("user");
  }

  private static String refused(String reason) {
    return "/login?refused=" + reason;
  }

  @Test
  void whoSignsInAtTheProviderIsSignedInHereWithTheRolesOfTheirGroups() {
    start();
    Visitor wang = test.visitor();
    assertThat(wang.get("/session").json().path("login").path("oidc").path("title").asText())
        .isEqualTo("测试 SSO");
    Visitor.Answer back = wang.go(away(wang, "/review/o-1%2F2"));
    assertThat(location(back)).isEqualTo("/review/o-1%2F2");
    assertThat(back.raw().headers().allValues("Set-Cookie"))
        .anySatisfy(
            cookie ->
                assertThat(cookie)
                    .startsWith("fenghuo_session=")
                    .contains("HttpOnly")
                    .contains("SameSite=Lax"));

    JsonNode session = wang.get("/session").json();
    assertThat(session.path("user").path("name").asText()).isEqualTo("wang");
    assertThat(session.path("user").path("roles").toString())
        .isEqualTo("[\"viewer\",\"reviewer\"]");
    assertThat(session.path("user").path("password").asBoolean()).isFalse();
    wang.with("X-CSRF-Token", session.path("csrf").asText());
    assertThat(wang.post("/cases/next", "{}").status()).isEqualTo(204);
    assertThat(wang.get("/accounts").code()).isEqualTo("forbidden");
    // There is an account, so that locks, assignments and the audit log know them; no password.
    JsonNode audit = test.admin().get("/audit?what=sign-in&who=wang").json().path("items");
    assertThat(audit.get(0).path("detail").asText()).startsWith("OpenID");
    assertThat(test.count("select count(*) from account where name = 'wang' and password is null"))
        .isEqualTo(1);
    assertThat(test.visitor().post("/session", "{'name':'wang','password':'x'}").code())
        .isEqualTo("wrong_password");
    assertThat(wang.post("/session/password", "{'old':'','new':'long enough at last'}").code())
        .isEqualTo("wrong_password");
    // The secret and the code's proof went in bodies and headers, never in an address.
    assertThat(provider.seen()).noneMatch(seen -> seen.contains("p%26ss") || seen.contains("p&ss"));
    assertThat(provider.seen()).noneMatch(seen -> seen.contains("code_verifier"));

    // A day at work; then the provider is asked again.
    for (int hours = 0; hours < 13; hours++) {
      clock.move(Duration.ofHours(1));
      boolean still = user(wang).isObject();
      assertThat(still).as("after %d hours", hours + 1).isEqualTo(hours + 1 < 12);
    }
  }

  @Test
  void withoutAProviderNothingIsOffered() {
    test.start();
    assertThat(test.visitor().get("/session").json().path("login").path("oidc").isNull()).isTrue();
    assertThat(test.visitor().get("/session/openid").status()).isEqualTo(404);
    assertThat(test.visitor().get("/session/openid/callback?code=a&state=b").status())
        .isEqualTo(404);
  }

  @Test
  void whatCameBackOnceOrFromAnotherBrowserIsNotTakenAgain() {
    start();
    Visitor wang = test.visitor();
    String back = away(wang, "/live");
    Visitor thief = test.visitor();
    assertThat(location(thief.go(back))).isEqualTo(refused("state-mismatch"));
    assertThat(user(thief).isNull()).isTrue();
    // The theft has used it up.
    assertThat(location(wang.go(back))).isEqualTo(refused("state-mismatch"));

    String again = away(wang, "/live");
    assertThat(location(wang.go(again))).isEqualTo("/live");
    assertThat(location(wang.go(again))).isEqualTo(refused("state-mismatch"));
    assertThat(location(wang.go(again.replaceFirst("state=.*", "state=forged"))))
        .isEqualTo(refused("state-mismatch"));
    assertThat(location(wang.go(again.replaceFirst("\\?.*", ""))))
        .isEqualTo(refused("state-mismatch"));

    // An old code under a new state: the provider takes a code once.
    String code = again.replaceFirst(".*code=([^&]*).*", "$1");
    Visitor li = test.visitor();
    assertThat(location(li.go(away(li, "/").replaceFirst("code=[^&]*", "code=" + code))))
        .isEqualTo(refused("expired"));
    assertThat(user(li).isNull()).isTrue();
    assertThat(test.count("select count(*) from openid_attempt")).isZero();
  }

  @Test
  void aSignInThatTakesTooLongBeginsAnew() {
    start();
    Visitor wang = test.visitor();
    String back = away(wang, "/live");
    clock.move(Duration.ofMinutes(10));
    assertThat(location(wang.go(back))).isEqualTo(refused("expired"));
    assertThat(user(wang).isNull()).isTrue();
  }

  @Test
  void aTokenThatIsNotSignedForThisSignInByTheProviderIsRefused() {
    start();
    Map<String, Consumer<JwtClaims>> untrusted = new LinkedHashMap<>();
    untrusted.put("another nonce", claims -> claims.setStringClaim("nonce", "another"));
    untrusted.put("no nonce", claims -> claims.unsetClaim("nonce"));
    untrusted.put("another audience", claims -> claims.setAudience("another client"));
    untrusted.put("no audience", claims -> claims.unsetClaim("aud"));
    untrusted.put(
        "two audiences", claims -> claims.setAudience(FakeOpenIdProvider.CLIENT, "another"));
    untrusted.put("another party", claims -> claims.setStringClaim("azp", "another"));
    untrusted.put("another issuer", claims -> claims.setIssuer("https://elsewhere.example"));
    untrusted.put("nobody", claims -> claims.unsetClaim("sub"));
    untrusted.put("no end", claims -> claims.unsetClaim("exp"));
    untrusted.put("of tomorrow", claims -> claims.setIssuedAt(at(Duration.ofDays(1))));
    untrusted.forEach(
        (what, twist) -> {
          provider.twistClaims(twist);
          Visitor visitor = test.visitor();
          assertThat(signIn(visitor)).as(what).isEqualTo(refused("not-trusted"));
          assertThat(user(visitor).isNull()).as(what).isTrue();
        });
    provider.twistClaims(claims -> claims.setExpirationTime(at(Duration.ofMinutes(-2))));
    assertThat(signIn(test.visitor())).isEqualTo(refused("expired"));
    provider.twistClaims(claims -> claims.setIssuedAt(at(Duration.ofHours(-2))));
    assertThat(signIn(test.visitor())).isEqualTo(refused("expired"));
    provider.twistClaims(
        claims -> {
          claims.setAudience(FakeOpenIdProvider.CLIENT, "another");
          claims.setStringClaim("azp", FakeOpenIdProvider.CLIENT);
        });
    assertThat(signIn(test.visitor())).isEqualTo("/review");
  }

  private static NumericDate at(Duration fromNow) {
    return NumericDate.fromMilliseconds(NOW.plus(fromNow).toEpochMilli());
  }

  @Test
  void aSignatureThatProvesNothingIsRefused() {
    start();
    Map<String, UnaryOperator<String>> forged = new LinkedHashMap<>();
    forged.put("none", token -> resigned(token, AlgorithmIdentifiers.NONE));
    forged.put("the public key as a secret", token -> resigned(token, "HS256"));
    forged.put(
        "another key of the same name",
        token ->
            FakeOpenIdProvider.signed(
                payload(token), FakeOpenIdProvider.newKey(FakeOpenIdProvider.key().getKeyId())));
    forged.put(
        "another key",
        token ->
            FakeOpenIdProvider.signed(payload(token), FakeOpenIdProvider.newKey("unheard of")));
    forged.put("another content", OpenIdTest::withAnotherGroup);
    forged.put("no signature", token -> token.substring(0, token.lastIndexOf('.') + 1));
    forged.put("no token", token -> "none");
    forged.put("nothing", token -> "");
    forged.forEach(
        (what, twist) -> {
          provider.twistToken(twist);
          Visitor visitor = test.visitor();
          assertThat(signIn(visitor)).as(what).isEqualTo(refused("not-trusted"));
          assertThat(user(visitor).isNull()).as(what).isTrue();
        });
    assertThat(test.count("select count(*) from account where subject is not null")).isZero();
  }

  private static String payload(String token) {
    return new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), StandardCharsets.UTF_8);
  }

  private static String withAnotherGroup(String token) {
    String[] parts = token.split("\\.");
    String other = payload(token).replace("\"risk\"", "\"bosses\"");
    parts[1] =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(other.getBytes(StandardCharsets.UTF_8));
    return String.join(".", parts);
  }

  private static String resigned(String token, String algorithm) {
    try {
      JsonWebSignature signature = new JsonWebSignature();
      signature.setPayload(payload(token));
      signature.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
      signature.setAlgorithmHeaderValue(algorithm);
      signature.setKeyIdHeaderValue(FakeOpenIdProvider.key().getKeyId());
      if (!algorithm.equals(AlgorithmIdentifiers.NONE)) {
        signature.setKey(new HmacKey(FakeOpenIdProvider.key().getPublicKey().getEncoded()));
      }
      return signature.getCompactSerialization();
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void rolesAreThoseTheProviderSaysEachTime() {
    start();
    Visitor wang = test.visitor();
    provider.person("s-1", "wang", List.of("risk", "bosses", "kitchen"));
    assertThat(signIn(wang)).isEqualTo("/review");
    assertThat(user(wang).path("roles").toString())
        .isEqualTo("[\"viewer\",\"reviewer\",\"approver\"]");
    // A new name for the same person is the same account.
    provider.person("s-1", "wang.fang", "bosses");
    assertThat(signIn(wang)).isEqualTo("/review");
    assertThat(user(wang).path("name").asText()).isEqualTo("wang");
    assertThat(user(wang).path("roles").toString()).isEqualTo("[\"approver\"]");

    // Out of all groups: what was open is closed, too.
    provider.person("s-1", "wang", List.of("kitchen"));
    Visitor elsewhere = test.visitor();
    assertThat(signIn(elsewhere)).isEqualTo(refused("no-role"));
    assertThat(user(wang).isNull()).isTrue();
    provider.person("s-2", "zhao", List.of());
    assertThat(signIn(test.visitor())).isEqualTo(refused("no-role"));
    assertThat(test.count("select count(*) from account where name = 'zhao'")).isZero();
    JsonNode audit = test.admin().get("/audit?what=sign-in%20refused").json().path("items");
    assertThat(audit.get(0).path("who").asText()).isEqualTo("zhao");
    assertThat(audit.get(1).path("who").asText()).isEqualTo("wang");
  }

  @Test
  void strangersGetTheDefaultRoleWhereThereIsOneAndRolesMayLieDeeper() {
    OpenIdSettings settings = provider.settings("viewer", "risk=reviewer");
    start(
        new OpenIdSettings(
            settings.issuer(),
            settings.clientId(),
            settings.clientSecret(),
            settings.title(),
            settings.scope(),
            "realm_access.roles",
            settings.roles(),
            settings.otherwise(),
            Optional.empty()));
    Visitor stranger = test.visitor();
    assertThat(signIn(stranger)).isEqualTo("/review");
    assertThat(user(stranger).path("roles").toString()).isEqualTo("[\"viewer\"]");
    provider.twistClaims(
        claims -> claims.setClaim("realm_access", Map.of("roles", List.of("risk"))));
    assertThat(signIn(stranger)).isEqualTo("/review");
    assertThat(user(stranger).path("roles").toString()).isEqualTo("[\"reviewer\"]");
  }

  @Test
  void aNameGivesNobodyAnothersAccount() {
    start();
    test.somebody("li", "admin");
    test.admin();
    List<String> names = new ArrayList<>();
    for (String[] who :
        new String[][] {
          {"s-1", "li"},
          {"s-2", "li"},
          {"s-3", "admin"},
          {"s-4", "王 芳 <script>"},
          {"s-5", "x".repeat(5_000)},
          {"s-6", "/"}
        }) {
      provider.person(who[0], who[1], List.of("risk"));
      Visitor visitor = test.visitor();
      assertThat(signIn(visitor)).isEqualTo("/review");
      names.add(user(visitor).path("name").asText());
      assertThat(user(visitor).path("roles").toString()).doesNotContain("admin");
    }
    assertThat(names)
        .containsExactly("li-2", "li-3", "admin-2", "王.芳.script.", "x".repeat(60), "somebody");
  }

  @Test
  void anAccountOfTheProvidersIsDisabledHereButItsRolesAndPasswordAreNotOurs() {
    start();
    Visitor wang = test.visitor();
    signIn(wang);
    JsonNode account = test.admin().get("/accounts").json().path("items").get(1);
    assertThat(account.path("openId").asBoolean()).isTrue();
    test.admin().with("If-Match", account.path("etag").asText());
    assertThat(test.admin().put("/accounts/wang", "{'roles':['admin']}").code())
        .isEqualTo("roles_from_provider");
    assertThat(test.admin().post("/accounts/wang/reset", "{}").code()).isEqualTo("no_password");
    String off = "{'roles':['viewer','reviewer'],'disabled':true}";
    assertThat(test.admin().put("/accounts/wang", off).status()).isEqualTo(200);
    assertThat(user(wang).isNull()).isTrue();
    assertThat(signIn(wang)).isEqualTo(refused("disabled"));
    // Accounts of a provider are nobody's own password: the first one is still given.
    test.stop();
    test.database.useTransaction(
        handle -> handle.execute("delete from account where name='admin'"));
    start();
    assertThat(test.console().firstPassword()).isPresent();
  }

  @Test
  void aProviderThatIsAwayOrNotItselfIsSaidToBeSoAndPasswordsStillWork() {
    start();
    Visitor visitor = test.visitor();
    String offered = visitor.get("/session").json().path("login").path("oidc").path("url").asText();
    Map<String, Consumer<Map<String, Object>>> strange = new LinkedHashMap<>();
    strange.put("another name", said -> said.put("issuer", "https://elsewhere.example"));
    strange.put(
        "an open address", said -> said.put("token_endpoint", "http://elsewhere.example/token"));
    strange.put("no keys", said -> said.remove("jwks_uri"));
    strange.put("too much", said -> said.put("more", "x".repeat(1 << 20)));
    strange.forEach(
        (what, twist) -> {
          provider.twistConfiguration(twist);
          assertThat(location(visitor.go(offered))).as(what).isEqualTo(refused("provider-away"));
          clock.move(Duration.ofSeconds(4));
        });
    // However many ask, a provider that failed is left alone for some seconds.
    assertThat(location(visitor.go(offered))).isEqualTo(refused("provider-away"));
    int asked = provider.seen().size();
    assertThat(location(visitor.go(offered))).isEqualTo(refused("provider-away"));
    assertThat(provider.seen()).hasSize(asked);
    provider.twistConfiguration(said -> {});
    clock.move(Duration.ofSeconds(4));
    assertThat(signIn(visitor)).isEqualTo("/review");

    String back = away(visitor, "/live");
    provider.close();
    assertThat(location(visitor.go(back))).isEqualTo(refused("provider-away"));
    assertThat(test.somebody("li", "viewer").get("/cases").status()).isEqualTo(200);
  }

  @Test
  void aProviderThatHangsHoldsUpNobodyElse() {
    start();
    List<CompletableFuture<String>> waiting = new ArrayList<>();
    ExecutorService people = Executors.newCachedThreadPool();
    provider.hang("/token");
    for (int i = 0; i < 12; i++) {
      Visitor visitor = test.visitor();
      String back = away(visitor, "/live");
      waiting.add(CompletableFuture.supplyAsync(() -> location(visitor.go(back)), people));
    }
    await()
        .until(() -> provider.seen().stream().filter(seen -> seen.startsWith("POST")).count() > 0);
    assertThat(test.somebody("li", "viewer").get("/cases").status()).isEqualTo(200);
    waiting.forEach(each -> assertThat(each.join()).isEqualTo(refused("provider-away")));
    // No more at once than may hang.
    assertThat(provider.seen().stream().filter(seen -> seen.startsWith("POST")).count())
        .isLessThanOrEqualTo(8);
    people.shutdown();
  }

  @Test
  void whoIsTurnedAwayThereOrHasNoDatabaseHereIsTold() {
    start();
    Visitor visitor = test.visitor();
    String back = away(visitor, "/live");
    assertThat(location(visitor.go(back.replaceFirst("code=[^&]*", "error=access_denied"))))
        .isEqualTo(refused("declined"));
    String offered = visitor.get("/session").json().path("login").path("oidc").path("url").asText();
    TestDatabase.takeAway(test.url);
    assertThat(location(visitor.go(offered))).isEqualTo(refused("database-away"));
    TestDatabase.giveBack(test.url);
  }

  @Test
  void nobodyIsLedAwayFromTheConsole() {
    start();
    for (String next :
        List.of(
            "//elsewhere.example",
            "https://elsewhere.example",
            "/\\elsewhere.example",
            "/\r\nSet-Cookie: a=b",
            "/" + "x".repeat(600),
            "javascript:alert(1)")) {
      Visitor visitor = test.visitor();
      assertThat(location(visitor.go(away(visitor, next)))).as(next).isEqualTo("/");
    }
  }
}
