package io.fenghuo.console.access;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fenghuo.alerting.Json;
import io.fenghuo.alerting.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.lang.JoseException;

/**
 * An OpenID provider over real HTTP that lets everybody in: it signs with a real key, takes each
 * code once, and holds the client to its secret, its verifier and its address, as a real one does.
 * What it says can be twisted.
 */
public final class FakeOpenIdProvider implements AutoCloseable {

  public static final String CLIENT = "fenghuo console";
  public static final Secret SECRET = new Secret("p&ss word=+1");

  private static final RsaJsonWebKey KEY = newKey("k-1");

  private record Code(String nonce, String challenge, String comeBackTo) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final InstantSource clock;
  private final Map<String, Code> codes = new ConcurrentHashMap<>();
  private final List<String> seen = new ArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private int numbers;

  /** Whoever signs in next. */
  private volatile String subject = "s-1";

  private volatile String name = "wang";
  private volatile Object groups = List.of("risk");

  private volatile Consumer<JwtClaims> claims = any -> {};
  private volatile UnaryOperator<String> token = text -> text;
  private volatile Consumer<Map<String, Object>> configuration = any -> {};
  private volatile String hangs = "";

  public FakeOpenIdProvider(InstantSource clock) {
    this.clock = clock;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  public static RsaJsonWebKey newKey(String id) {
    try {
      RsaJsonWebKey key = RsaJwkGenerator.generateJwk(2048);
      key.setKeyId(id);
      return key;
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }

  public String issuer() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/realm";
  }

  /** The settings of a client it knows. */
  public OpenIdSettings settings(String otherwise, String... roles) {
    return new OpenIdSettings(
        issuer(),
        CLIENT,
        Optional.of(SECRET),
        "测试 SSO",
        "openid profile",
        "groups",
        OpenIdSettings.rolesOf(List.of(roles)),
        OpenIdSettings.roles(otherwise),
        Optional.empty());
  }

  public void person(String newSubject, String newName, Object newGroups) {
    subject = newSubject;
    name = newName;
    groups = newGroups;
  }

  /** Changes claims before they are signed. */
  public void twistClaims(Consumer<JwtClaims> twist) {
    claims = twist;
  }

  /** Changes the token after it was signed. */
  public void twistToken(UnaryOperator<String> twist) {
    token = twist;
  }

  public void twistConfiguration(Consumer<Map<String, Object>> twist) {
    configuration = twist;
  }

  /** Never answers what is asked of this path; "" to answer everything. */
  public void hang(String path) {
    hangs = path;
  }

  /** Method, path and query of every request. */
  public List<String> seen() {
    synchronized (seen) {
      return List.copyOf(seen);
    }
  }

  /** These claims under that key, as a token. */
  public static String signed(String payload, RsaJsonWebKey key) {
    try {
      JsonWebSignature signature = new JsonWebSignature();
      signature.setPayload(payload);
      signature.setKey(key.getPrivateKey());
      signature.setKeyIdHeaderValue(key.getKeyId());
      signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.RSA_USING_SHA256);
      return signature.getCompactSerialization();
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The public part of its key, as everybody can read it. */
  public static RsaJsonWebKey key() {
    return KEY;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    synchronized (seen) {
      seen.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
    }
    if (!hangs.isEmpty() && path.endsWith(hangs)) {
      try {
        closed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      exchange.close();
      return;
    }
    switch (path) {
      case "/realm/.well-known/openid-configuration" -> say(exchange, 200, configured());
      case "/realm/authorize" -> authorize(exchange);
      case "/realm/token" -> token(exchange);
      case "/realm/keys" -> say(exchange, 200, Json.tree(new JsonWebKeySet(KEY).toJson()));
      default -> say(exchange, 404, Map.of());
    }
  }

  private Map<String, Object> configured() {
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("issuer", issuer());
    said.put("authorization_endpoint", issuer() + "/authorize?kc=1");
    said.put("token_endpoint", issuer() + "/token");
    said.put("jwks_uri", issuer() + "/keys");
    configuration.accept(said);
    return said;
  }

  /** Nobody is asked for a password: straight back with a code. */
  private void authorize(HttpExchange exchange) throws IOException {
    Map<String, String> asked = form(exchange.getRequestURI().getRawQuery());
    boolean right =
        asked.get("response_type").equals("code")
            && asked.get("client_id").equals(CLIENT)
            && asked.get("code_challenge_method").equals("S256")
            && asked.get("scope").contains("openid");
    if (!right) {
      say(exchange, 400, Map.of("error", "invalid_request"));
      return;
    }
    String code = "code-" + ++numbers;
    codes.put(
        code, new Code(asked.get("nonce"), asked.get("code_challenge"), asked.get("redirect_uri")));
    exchange
        .getResponseHeaders()
        .set(
            "Location",
            asked.get("redirect_uri") + "?code=" + code + "&state=" + asked.get("state"));
    exchange.sendResponseHeaders(302, -1);
    exchange.close();
  }

  private void token(HttpExchange exchange) throws IOException {
    Map<String, String> asked =
        form(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    // RFC 6749, 2.3.1: both are encoded as in a form before they are joined.
    String pair = "fenghuo+console:p%26ss+word%3D%2B1";
    String expected =
        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    if (!expected.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      say(exchange, 401, Map.of("error", "invalid_client"));
      return;
    }
    Code code = codes.remove(asked.get("code"));
    boolean right =
        code != null
            && asked.get("grant_type").equals("authorization_code")
            && code.comeBackTo().equals(asked.get("redirect_uri"))
            && code.challenge().equals(challenge(asked.get("code_verifier")));
    if (!right) {
      say(exchange, 400, Map.of("error", "invalid_grant"));
      return;
    }
    say(
        exchange,
        200,
        Map.of(
            "access_token",
            "none of our business",
            "token_type",
            "Bearer",
            "id_token",
            token.apply(signed(claims(code.nonce()).toJson(), KEY))));
  }

  private JwtClaims claims(String nonce) {
    JwtClaims told = new JwtClaims();
    long now = clock.instant().getEpochSecond();
    told.setIssuer(issuer());
    told.setSubject(subject);
    told.setAudience(CLIENT);
    told.setIssuedAt(NumericDate.fromSeconds(now));
    told.setExpirationTime(NumericDate.fromSeconds(now + 300));
    told.setStringClaim("nonce", nonce);
    told.setStringClaim("preferred_username", name);
    told.setClaim("groups", groups);
    claims.accept(told);
    return told;
  }

  private static String challenge(String verifier) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256")
                  .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, String> form(String text) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String pair : text.split("&")) {
      String[] both = pair.split("=", 2);
      fields.put(both[0], URLDecoder.decode(both[1], StandardCharsets.UTF_8));
    }
    return fields;
  }

  private static void say(HttpExchange exchange, int status, Object body) throws IOException {
    byte[] bytes = Json.write(body).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
