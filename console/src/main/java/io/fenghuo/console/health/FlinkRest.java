package io.fenghuo.console.health;

import com.fasterxml.jackson.databind.JsonNode;
import io.fenghuo.alerting.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs as Flink's own REST API tells.
 *
 * @see <a href="https://nightlies.apache.org/flink/flink-docs-stable/docs/ops/rest_api/">Flink:
 *     REST API</a>
 */
public final class FlinkRest implements Jobs {

  private static final Logger LOG = LoggerFactory.getLogger(FlinkRest.class);
  private static final Duration LIMIT = Duration.ofSeconds(3);
  private static final Duration BELIEVED = Duration.ofSeconds(5);
  private static final int LONGEST_FAILURE = 500;

  private final URI address;
  private final InstantSource clock;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(LIMIT).build();
  private List<Job> known = List.of();
  private Instant knownAt = Instant.EPOCH;

  public FlinkRest(URI address, InstantSource clock) {
    this.address = address;
    this.clock = clock;
  }

  @Override
  public synchronized List<Job> jobs() {
    Instant now = clock.instant();
    if (now.isAfter(knownAt.plus(BELIEVED))) {
      known = ask(now);
      knownAt = now;
    }
    return known;
  }

  private List<Job> ask(Instant now) {
    List<Job> jobs = new ArrayList<>();
    try {
      // A job that made room for another of its name is history.
      Map<String, JsonNode> newest = new TreeMap<>();
      for (JsonNode job : get("/jobs/overview").path("jobs")) {
        newest.merge(
            job.path("name").asText(),
            job,
            (a, b) -> b.path("start-time").asLong() >= a.path("start-time").asLong() ? b : a);
      }
      for (JsonNode job : newest.values()) {
        jobs.add(job(job, now));
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("Flink does not answer: {}", e.toString());
      return List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
    return List.copyOf(jobs);
  }

  private Job job(JsonNode job, Instant now) throws IOException, InterruptedException {
    String path = "/jobs/" + job.path("jid").asText();
    JsonNode completed = get(path + "/checkpoints").path("latest").path("completed");
    JsonNode restarts = get(path + "/metrics?get=numRestarts");
    JsonNode failures = get(path + "/exceptions?maxExceptions=1").path("exceptionHistory");
    JsonNode failure = failures.path("entries").path(0).path("stacktrace");
    return new Job(
        job.path("name").asText(),
        job.path("state").asText(),
        restarts.path(0).path("value").asLong(0),
        completed.hasNonNull("latest_ack_timestamp")
            ? Math.max(
                0, (now.toEpochMilli() - completed.path("latest_ack_timestamp").asLong()) / 1000)
            : null,
        failure.isTextual() ? firstLine(failure.asText()) : null,
        completed.hasNonNull("state_size") ? completed.path("state_size").asLong() : null);
  }

  private static String firstLine(String text) {
    String line = text.lines().findFirst().orElse("");
    return line.length() > LONGEST_FAILURE ? line.substring(0, LONGEST_FAILURE) : line;
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(address.resolve(path)).timeout(LIMIT).build();
    return Json.tree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
  }
}
