package io.fenghuo.alerting.channel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.alerting.Secret;
import java.io.ByteArrayOutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import javax.net.ssl.SSLHandshakeException;

/**
 * HTTP to providers. Redirects are not followed: a provider does not move, and a redirect could
 * lead a signed request anywhere. Addresses inside the own network are refused unless allowed by
 * name.
 */
public final class Wire {

  /** As much of an answer as anybody will read. */
  private static final int MAX_ANSWER = 16 * 1024;

  private static final int KEPT_ANSWER = 500;
  private static final int SHORTEST_KEY = 8;

  private final HttpClient client;
  private final Set<String> allowedHosts;
  private final Duration timeout;

  /**
   * @param allowedHosts names and addresses that may be private
   * @param timeout for a whole request
   */
  public Wire(Set<String> allowedHosts, Duration timeout) {
    this.allowedHosts = Set.copyOf(allowedHosts);
    this.timeout = timeout;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(
                Duration.ofSeconds(3).compareTo(timeout) < 0 ? Duration.ofSeconds(3) : timeout)
            .build();
  }

  /** For a whole request. */
  Duration timeout() {
    return timeout;
  }

  /** What a provider answered. */
  public record Reply(int status, String body, Optional<String> retryAfter) {

    /** The beginning of the body on one line. */
    public String brief() {
      String line = body.replaceAll("\\s+", " ").strip();
      return "HTTP "
          + status
          + " "
          + (line.length() > KEPT_ANSWER ? line.substring(0, KEPT_ANSWER) : line);
    }

    /** The body as JSON; a missing node when it is none. */
    public JsonNode json() {
      try {
        return Json.tree(body);
      } catch (IllegalStateException e) {
        return MissingNode.getInstance();
      }
    }

    /** How long to wait, in seconds or as a date; zero when it does not say. */
    public Duration wait(Instant now) {
      return retryAfter
          .map(
              text -> {
                try {
                  return text.matches("\\d{1,6}")
                      ? Duration.ofSeconds(Long.parseLong(text))
                      : Duration.between(
                          now,
                          ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                              .toInstant());
                } catch (DateTimeParseException e) {
                  return Duration.ZERO;
                }
              })
          .filter(wait -> !wait.isNegative())
          .orElse(Duration.ZERO);
    }
  }

  /** No reply, for a reason that says what to do next. */
  private static final class Failure extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Answer answer;

    Failure(Answer answer) {
      super(answer.text());
      this.answer = answer;
    }
  }

  /**
   * Reads an address of a provider.
   *
   * @throws IllegalArgumentException when nothing may ever be sent there
   */
  public URI endpoint(String text) {
    URI uri;
    try {
      uri = URI.create(text.strip());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("not an address (expected: http:// or https://)");
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!(scheme.equals("https") || scheme.equals("http")) || uri.getHost() == null) {
      throw new IllegalArgumentException("not an address (expected: http:// or https://)");
    }
    if (uri.getUserInfo() != null) {
      throw new IllegalArgumentException("holds a user name (expected: an address without one)");
    }
    String host = uri.getHost();
    if (host.matches("[0-9.]+|\\[.*]") && isPrivate(host) && !allowedHosts.contains(host)) {
      throw new IllegalArgumentException(
          host
              + " is a private address (expected: a public one, or "
              + host
              + " in global.allow_private_hosts)");
    }
    return uri;
  }

  /** The parts of an address that may be its key. */
  static List<Secret> secretsIn(URI url) {
    String path = url.getRawPath();
    String last = path.substring(path.lastIndexOf('/') + 1);
    List<Secret> secrets = new ArrayList<>(List.of(new Secret(url.toString())));
    for (String part : Arrays.asList(last, url.getRawQuery())) {
      if (part != null && part.length() >= SHORTEST_KEY) {
        secrets.add(new Secret(part));
      }
    }
    return secrets;
  }

  private static boolean isPrivate(String host) {
    try {
      for (InetAddress address : InetAddress.getAllByName(host)) {
        if (isPrivate(address)) {
          return true;
        }
      }
      return false;
    } catch (UnknownHostException e) {
      return false; // the request itself will say so
    }
  }

  static boolean isPrivate(InetAddress address) {
    byte[] bytes = address.getAddress();
    boolean uniqueLocal = bytes.length == 16 && (bytes[0] & 0xFE) == 0xFC;
    boolean carrierGrade = bytes.length == 4 && bytes[0] == 100 && (bytes[1] & 0xC0) == 64;
    return address.isLoopbackAddress()
        || address.isAnyLocalAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress()
        || address.isMulticastAddress()
        || uniqueLocal
        || carrierGrade;
  }

  /**
   * Posts a body once.
   *
   * @param judge what a reply means
   * @return its verdict, or why there was no reply
   */
  public Answer post(
      URI uri, Map<String, String> headers, byte[] body, Function<Reply, Answer> judge) {
    try {
      return judge.apply(post(uri, headers, body));
    } catch (Failure failure) {
      return failure.answer;
    }
  }

  /** Posts JSON to a provider that answers JSON with a code in it; see {@link #judged}. */
  Answer postJson(URI uri, byte[] body, Instant now, Function<JsonNode, Optional<Answer>> byCode) {
    return post(
        uri,
        Map.of("Content-Type", "application/json; charset=utf-8"),
        body,
        reply -> judged(reply, now, byCode));
  }

  /**
   * Judges by the code in a body; by the status where there is none. A success needs both.
   *
   * @param byCode what a JSON object means, or empty when it has no code
   */
  static Answer judged(Reply reply, Instant now, Function<JsonNode, Optional<Answer>> byCode) {
    JsonNode said = reply.json();
    Optional<Answer> answer = said.isObject() ? byCode.apply(said) : Optional.empty();
    boolean success = answer.filter(Answer.Sent.class::isInstance).isPresent();
    if (reply.status() != 200 && (answer.isEmpty() || success)) {
      return unsuccessful(reply, now);
    }
    return answer.orElseGet(
        () -> new Answer.Later(Reason.OTHER, Duration.ZERO, true, "no code: " + reply.brief()));
  }

  private Reply post(URI uri, Map<String, String> headers, byte[] body) throws Failure {
    if (!allowedHosts.contains(uri.getHost()) && isPrivate(uri.getHost())) {
      // Asked each time: what a name stands for may change after the file was read.
      throw new Failure(
          new Answer.Never(
              Reason.REFUSED_ADDRESS, uri.getHost() + " is a private address that is not allowed"));
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .timeout(timeout)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    CompletableFuture<HttpResponse<byte[]>> asked =
        client.sendAsync(request.build(), answer -> new FirstBytes());
    try {
      // The client's own limit ends with the headers; a body may dribble for ever.
      HttpResponse<byte[]> response =
          asked.get(timeout.toMillis() + timeout.toMillis() / 2, TimeUnit.MILLISECONDS);
      return new Reply(
          response.statusCode(),
          new String(response.body(), StandardCharsets.UTF_8),
          response.headers().firstValue("Retry-After"));
    } catch (ExecutionException e) {
      throw lost(uri, e.getCause());
    } catch (TimeoutException e) {
      asked.cancel(true);
      throw later(Reason.TIMEOUT, true, "no whole answer within " + timeout.toMillis() + " ms");
    } catch (InterruptedException e) {
      asked.cancel(true);
      Thread.currentThread().interrupt();
      throw later(Reason.OTHER, true, "interrupted");
    }
  }

  private Failure lost(URI uri, Throwable cause) {
    if (cause instanceof HttpConnectTimeoutException || cause instanceof ConnectException) {
      return later(Reason.NETWORK, false, "no connection to " + uri.getHost());
    }
    if (cause instanceof HttpTimeoutException) {
      return later(Reason.TIMEOUT, true, "no answer within " + timeout.toMillis() + " ms");
    }
    if (cause instanceof SSLHandshakeException) {
      return later(
          Reason.NETWORK, false, "TLS with " + uri.getHost() + " fails: " + cause.getMessage());
    }
    return later(Reason.NETWORK, true, "connection lost: " + cause.getClass().getSimpleName());
  }

  private static Failure later(Reason reason, boolean mayHaveBeenSent, String text) {
    return new Failure(new Answer.Later(reason, Duration.ZERO, mayHaveBeenSent, text));
  }

  /** Keeps the beginning of a body and hangs up on the rest. */
  private static final class FirstBytes implements HttpResponse.BodySubscriber<byte[]> {
    private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private Flow.Subscription subscription;

    @Override
    public CompletionStage<byte[]> getBody() {
      return whole;
    }

    @Override
    public void onSubscribe(Flow.Subscription newSubscription) {
      subscription = newSubscription;
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      for (ByteBuffer buffer : buffers) {
        byte[] bytes = new byte[Math.min(buffer.remaining(), MAX_ANSWER - kept.size())];
        buffer.get(bytes);
        kept.writeBytes(bytes);
      }
      if (kept.size() >= MAX_ANSWER) {
        subscription.cancel();
        onComplete();
      }
    }

    @Override
    public void onError(Throwable failure) {
      whole.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      whole.complete(kept.toByteArray());
    }
  }

  /** The answer to a status that is no success, for providers that mean what HTTP says. */
  public static Answer unsuccessful(Reply reply, Instant now) {
    int status = reply.status();
    if (status == 429) {
      return new Answer.Later(Reason.RATE_LIMITED, reply.wait(now), false, reply.brief());
    }
    if (status == 408 || status >= 500) {
      return new Answer.Later(Reason.SERVER_ERROR, reply.wait(now), false, reply.brief());
    }
    Reason reason = status == 401 || status == 403 ? Reason.AUTH_ERROR : Reason.CLIENT_ERROR;
    return new Answer.Never(reason, reply.brief());
  }
}
