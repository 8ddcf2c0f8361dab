package io.fenghuo.console.access;

import com.fasterxml.jackson.databind.JsonNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.console.Characters;
import io.fenghuo.console.access.OpenIdAttempts.Attempt;
import io.fenghuo.console.access.Refusal.Reason;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.ErrorCodeValidator;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwt.consumer.JwtContext;
import org.jose4j.jwt.consumer.Validator;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.jose4j.lang.JoseException;

/**
 * The provider's side of a sign-in: where a browser is sent, and who it was that came back.
 * Authorization code flow with PKCE. Sign-ins are few, so keys are asked for each time, and a key
 * that was changed needs no rule of its own.
 *
 * @see <a href="https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth">OpenID Connect
 *     Core 1.0, 3.1</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7636">RFC 7636: PKCE</a>
 */
final class OpenIdProvider {

  /** For one whole answer. */
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private static final int LONGEST_ANSWER = 256 * 1024;

  /** Conversations at once: a provider that hangs must not take the threads of everybody else. */
  private static final int MOST_AT_ONCE = 8;

  private static final Duration CONFIGURATION_LASTS = Duration.ofMinutes(5);

  /** A provider that is away is asked again after this, however many want to sign in. */
  private static final Duration PAUSE = Duration.ofSeconds(3);

  private static final int CLOCK_SKEW_SECONDS = 60;

  /** Signatures that prove who signed: never a shared key, never none. */
  private static final String[] ALGORITHMS = {
    AlgorithmIdentifiers.RSA_USING_SHA256,
    AlgorithmIdentifiers.RSA_USING_SHA384,
    AlgorithmIdentifiers.RSA_USING_SHA512,
    AlgorithmIdentifiers.RSA_PSS_USING_SHA256,
    AlgorithmIdentifiers.RSA_PSS_USING_SHA384,
    AlgorithmIdentifiers.RSA_PSS_USING_SHA512,
    AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
    AlgorithmIdentifiers.ECDSA_USING_P384_CURVE_AND_SHA384,
    AlgorithmIdentifiers.ECDSA_USING_P521_CURVE_AND_SHA512,
  };

  /**
   * Somebody the provider vouches for.
   *
   * @param subject the provider's own name for them, which never changes
   * @param name what they are called
   * @param groups values of the claim that gives roles
   */
  record Person(String subject, String name, Set<String> groups) {}

  private record Configuration(
      URI authorization, URI token, URI keys, boolean secretInBody, Instant readAt) {}

  private final OpenIdSettings settings;
  private final InstantSource clock;
  private final Semaphore turns = new Semaphore(MOST_AT_ONCE);
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .connectTimeout(Duration.ofSeconds(3))
          .build();
  private volatile Configuration configuration;
  private volatile Instant awayUntil = Instant.MIN;

  OpenIdProvider(OpenIdSettings settings, InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
  }

  /** Where the browser goes to sign in. */
  String authorization(String state, Attempt attempt, String comeBackTo) throws Refusal {
    Configuration known = isFresh(configuration) ? configuration : inTurn(this::configuration);
    Map<String, String> asked = new LinkedHashMap<>();
    asked.put("response_type", "code");
    asked.put("client_id", settings.clientId());
    asked.put("redirect_uri", comeBackTo);
    asked.put("scope", settings.scope());
    asked.put("state", state);
    asked.put("nonce", attempt.nonce());
    asked.put("code_challenge", challenge(attempt.verifier()));
    asked.put("code_challenge_method", "S256");
    String address = known.authorization().toString();
    return address + (address.contains("?") ? "&" : "?") + form(asked);
  }

  private static String challenge(String verifier) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Sessions.hash(verifier));
  }

  /** Whom a code that came back stands for. */
  Person person(String code, Attempt attempt, String comeBackTo) throws Refusal {
    return inTurn(
        () -> {
          Configuration known = configuration();
          String token = exchange(known, code, attempt.verifier(), comeBackTo);
          return person(verified(token, keys(known), attempt.nonce()));
        });
  }

  @FunctionalInterface
  private interface Asking<T> {
    T ask() throws Refusal;
  }

  private <T> T inTurn(Asking<T> asking) throws Refusal {
    if (!turns.tryAcquire()) {
      throw new Refusal(Reason.PROVIDER_AWAY, "it has " + MOST_AT_ONCE + " to answer already");
    }
    try {
      return asking.ask();
    } finally {
      turns.release();
    }
  }

  private boolean isFresh(Configuration known) {
    return known != null && clock.instant().isBefore(known.readAt().plus(CONFIGURATION_LASTS));
  }

  /**
   * What the provider says of itself.
   *
   * @see <a href="https://openid.net/specs/openid-connect-discovery-1_0.html">OpenID Connect
   *     Discovery 1.0</a>
   */
  private Configuration configuration() throws Refusal {
    Configuration known = configuration;
    if (isFresh(known)) {
      return known;
    }
    Instant now = clock.instant();
    if (now.isBefore(awayUntil)) {
      throw new Refusal(Reason.PROVIDER_AWAY, "it did not answer just now");
    }
    try {
      JsonNode said =
          ask(
              HttpRequest.newBuilder(
                  URI.create(
                      settings.issuer().replaceFirst("/$", "")
                          + "/.well-known/openid-configuration")));
      if (!settings.issuer().equals(said.path("issuer").asText())) {
        throw new Refusal(
            Reason.PROVIDER_AWAY,
            "it calls itself "
                + Characters.cut(said.path("issuer").asText(), 200)
                + " (expected: "
                + settings.issuer()
                + ")");
      }
      List<String> ways = texts(said.path("token_endpoint_auth_methods_supported"));
      known =
          new Configuration(
              endpoint(said, "authorization_endpoint"),
              endpoint(said, "token_endpoint"),
              endpoint(said, "jwks_uri"),
              ways.contains("client_secret_post") && !ways.contains("client_secret_basic"),
              now);
      configuration = known;
      return known;
    } catch (Refusal refused) {
      awayUntil = now.plus(PAUSE);
      throw refused;
    }
  }

  private static URI endpoint(JsonNode said, String name) throws Refusal {
    String text = said.path(name).asText();
    if (!OpenIdSettings.isProtected(text)) {
      throw new Refusal(
          Reason.PROVIDER_AWAY,
          name + ": " + Characters.cut(text, 200) + " (expected: an address with https)");
    }
    return URI.create(text);
  }

  private static List<String> texts(JsonNode list) {
    TreeSet<String> texts = new TreeSet<>();
    list.forEach(each -> texts.add(each.asText()));
    return List.copyOf(texts);
  }

  /** The ID token for a code. */
  private String exchange(Configuration known, String code, String verifier, String comeBackTo)
      throws Refusal {
    Map<String, String> asked = new LinkedHashMap<>();
    asked.put("grant_type", "authorization_code");
    asked.put("code", code);
    asked.put("redirect_uri", comeBackTo);
    asked.put("code_verifier", verifier);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(known.token())
            .header("Content-Type", "application/x-www-form-urlencoded");
    if (settings.clientSecret().isPresent() && !known.secretInBody()) {
      String pair =
          encoded(settings.clientId()) + ":" + encoded(settings.clientSecret().get().reveal());
      request.header(
          "Authorization",
          "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
    } else {
      asked.put("client_id", settings.clientId());
      settings.clientSecret().ifPresent(secret -> asked.put("client_secret", secret.reveal()));
    }
    JsonNode answer = ask(request.POST(HttpRequest.BodyPublishers.ofString(form(asked))));
    String token = answer.path("id_token").asText();
    if (token.isEmpty()) {
      throw new Refusal(Reason.NOT_TRUSTED, "the token endpoint gave no ID token");
    }
    return token;
  }

  private List<JsonWebKey> keys(Configuration known) throws Refusal {
    try {
      return new JsonWebKeySet(ask(HttpRequest.newBuilder(known.keys())).toString())
          .getJsonWebKeys();
    } catch (JoseException e) {
      throw new Refusal(Reason.PROVIDER_AWAY, "its keys cannot be read");
    }
  }

  private JwtClaims verified(String token, List<JsonWebKey> keys, String nonce) throws Refusal {
    JwksVerificationKeyResolver resolver = new JwksVerificationKeyResolver(keys);
    resolver.setDisambiguateWithVerifySignature(true);
    Validator aboutThisSignIn =
        context ->
            nonce.equals(context.getJwtClaims().getStringClaimValue("nonce"))
                ? null
                : "the nonce is not the one that was asked with";
    Validator forUs = this::isForUs;
    try {
      return new JwtConsumerBuilder()
          .setJwsAlgorithmConstraints(ConstraintType.PERMIT, ALGORITHMS)
          .setVerificationKeyResolver(resolver)
          .setExpectedIssuer(true, settings.issuer())
          .setExpectedAudience(true, settings.clientId())
          .setRequireSubject()
          .setRequireExpirationTime()
          .setRequireIssuedAt()
          .setIssuedAtRestrictions(CLOCK_SKEW_SECONDS, (int) OpenIdAttempts.LASTS.toSeconds())
          .setAllowedClockSkewInSeconds(CLOCK_SKEW_SECONDS)
          .setEvaluationTime(NumericDate.fromMilliseconds(clock.millis()))
          .registerValidator(aboutThisSignIn)
          .registerValidator(forUs)
          .build()
          .processToClaims(token);
    } catch (InvalidJwtException e) {
      boolean late = e.hasExpired() || e.hasErrorCode(ErrorCodes.ISSUED_AT_INVALID_PAST);
      // The exception's own message holds the claims.
      throw new Refusal(
          late ? Reason.EXPIRED : Reason.NOT_TRUSTED,
          "ID token: "
              + e.getErrorDetails().stream()
                  .map(ErrorCodeValidator.Error::getErrorCode)
                  .map(code -> "error " + code)
                  .collect(Collectors.joining(", ")));
    }
  }

  /** A token for several audiences says which one asked for it. */
  private String isForUs(JwtContext context) throws MalformedClaimException {
    JwtClaims claims = context.getJwtClaims();
    String party = claims.getStringClaimValue("azp");
    boolean ours =
        party == null ? claims.getAudience().size() == 1 : party.equals(settings.clientId());
    return ours ? null : "it was given to another client";
  }

  private Person person(JwtClaims claims) {
    JsonNode said = Json.tree(claims.getRawJson());
    String name =
        List.of("preferred_username", "email", "name", "sub").stream()
            .map(claim -> said.path(claim).asText(""))
            .filter(text -> !text.isBlank())
            .findFirst()
            .orElse("");
    JsonNode groups = said.path(settings.rolesClaim());
    if (groups.isMissingNode()) {
      groups = said;
      for (String part : settings.rolesClaim().split("\\.")) {
        groups = groups.path(part);
      }
    }
    return new Person(
        said.path("sub").asText(),
        name,
        groups.isTextual() ? Set.of(groups.asText()) : Set.copyOf(texts(groups)));
  }

  private static String form(Map<String, String> fields) {
    return fields.entrySet().stream()
        .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** A body, as far as one may be long. */
  private static final class Answer {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean tooLong;

    synchronized void take(byte[] part) {
      tooLong |= bytes.size() + part.length > LONGEST_ANSWER;
      if (!tooLong) {
        bytes.writeBytes(part);
      }
    }

    synchronized String text() {
      return tooLong ? "" : bytes.toString(StandardCharsets.UTF_8);
    }
  }

  /** Asks once, and waits no longer and reads no more than an honest answer takes. */
  private JsonNode ask(HttpRequest.Builder building) throws Refusal {
    HttpRequest request = building.timeout(LIMIT).setHeader("Accept", "application/json").build();
    Answer answer = new Answer();
    CompletableFuture<HttpResponse<Void>> asked =
        http.sendAsync(
            request,
            HttpResponse.BodyHandlers.ofByteArrayConsumer(part -> part.ifPresent(answer::take)));
    int status;
    try {
      // The client's own limit ends with the headers; a body may dribble for ever.
      status = asked.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS).statusCode();
    } catch (TimeoutException e) {
      asked.cancel(true);
      throw away(request, "no whole answer within " + LIMIT.toSeconds() + " s");
    } catch (ExecutionException e) {
      throw away(request, e.getCause().getClass().getSimpleName());
    } catch (InterruptedException e) {
      asked.cancel(true);
      Thread.currentThread().interrupt();
      throw away(request, "interrupted");
    }
    JsonNode said;
    try {
      said = Json.tree(answer.text());
    } catch (IllegalStateException e) {
      throw away(request, "HTTP " + status + " without JSON, or with too much of it");
    }
    if (status == 200 && said.isObject()) {
      return said;
    }
    String error = Characters.cut(said.path("error").asText(), 100);
    if (error.equals("invalid_grant")) {
      throw new Refusal(Reason.EXPIRED, "the code is not valid any more");
    }
    if (status >= 400 && status < 500 && !error.isEmpty()) {
      throw new Refusal(Reason.DECLINED, request.uri().getPath() + ": " + error);
    }
    throw away(request, "HTTP " + status + " " + error);
  }

  private static Refusal away(HttpRequest request, String why) {
    return new Refusal(
        Reason.PROVIDER_AWAY, request.uri().getHost() + request.uri().getPath() + ": " + why);
  }
}
