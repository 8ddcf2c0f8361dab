package io.fenghuo.alerting;

import io.fenghuo.alerting.alert.KnownAlert;
import io.fenghuo.alerting.alert.Labels;
import io.fenghuo.alerting.alert.Reported;
import io.fenghuo.alerting.config.RoutingSource;
import io.fenghuo.alerting.inbox.AlertJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * "At second t push this; between t1 and t2 receiver r gets exactly that", on a clock that is
 * moved. {@code RECEIVER} in the routing file stands for the address of the receiver of that name.
 */
final class Story implements AutoCloseable {

  /** Every column that says when something is due. */
  private static final String NEXT =
      "select min(t) as t from (select next_flush_at as t from alert_group"
          + " union all select step_at from incident where state <> 'resolved'"
          + " union all select answer_by from incident where state <> 'resolved'"
          + " union all select resolve_by from incident where state <> 'resolved'"
          + " union all select next_attempt_at from notification where state = 'queued'"
          + " union all select passes_at from alert where ended_at is null) due where t > :now";

  final MovingClock clock = new MovingClock();
  final StringWriter console = new StringWriter();
  final Database database;
  final Path file;
  private final Map<String, FakeProvider> receivers = new LinkedHashMap<>();
  private Alerting alerting;

  Story(String routing, String... receiverNames) {
    this(TestDatabase.fresh(), routing, receiverNames);
  }

  Story(Database database, String routing, String... receiverNames) {
    this.database = database;
    for (String name : receiverNames) {
      receivers.put(name, new FakeProvider(clock));
    }
    try {
      file = Files.createTempFile("routing", ".yml");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    write(routing);
    alerting = open("one");
  }

  Alerting open(String owner) {
    RoutingSource source = RoutingSource.of(file, new PrintWriter(console));
    return new Alerting(database, source, clock, owner);
  }

  void write(String routing) {
    String text = routing;
    for (Map.Entry<String, FakeProvider> each : receivers.entrySet()) {
      text = text.replace("URL(" + each.getKey() + ")", each.getValue().url());
    }
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Alerting alerting() {
    return alerting;
  }

  /** As if the process had ended and another began. */
  void restart() {
    alerting.close();
    alerting = open("another");
  }

  FakeProvider receiver(String name) {
    return receivers.get(name);
  }

  double now() {
    return Duration.between(MovingClock.START, clock.instant()).toMillis() / 1000.0;
  }

  static Instant at(double second) {
    return MovingClock.START.plusMillis(Math.round(second * 1000));
  }

  /** Moves on to a second, stopping wherever something is due. */
  Story until(double second) {
    Instant end = at(second);
    alerting.settle();
    for (Optional<Instant> next = next();
        next.isPresent() && !next.get().isAfter(end);
        next = next()) {
      clock.moveTo(next.get());
      alerting.settle();
    }
    clock.moveTo(end);
    alerting.settle();
    return this;
  }

  private Optional<Instant> next() {
    return database.read(
        handle ->
            handle
                .createQuery(NEXT)
                .bind("now", clock.instant())
                .map((row, context) -> Optional.ofNullable(KnownAlert.instant(row, "t")))
                .one());
  }

  /** Reports an alert that burns from now on and until its end is reported. */
  Story fire(String... labels) {
    return report(null, labels);
  }

  Story resolve(String... labels) {
    return report(clock.instant(), labels);
  }

  private Story report(Instant end, String... labels) {
    alerting
        .inbox()
        .accept(
            List.of(
                new Reported(
                    labels(labels),
                    Map.of("summary", labels[0]),
                    clock.instant(),
                    null,
                    null,
                    end,
                    "",
                    "http")));
    alerting.settle();
    return this;
  }

  /** Pushes JSON as Prometheus does. */
  List<String> push(String json) {
    try {
      AlertJson.Read read =
          AlertJson.read(
              json.getBytes(StandardCharsets.UTF_8),
              clock.instant(),
              alerting.routing().get().resolveTimeout());
      alerting.inbox().accept(read.alerts());
      alerting.settle();
      return read.mistakes();
    } catch (AlertJson.NotAlerts e) {
      return List.of(e.getMessage());
    }
  }

  /** {@code name=value} texts; one without a sign is the alert's name. */
  static Labels labels(String... texts) {
    TreeMap<String, String> labels = new TreeMap<>();
    for (String text : texts) {
      int sign = text.indexOf('=');
      labels.put(sign < 0 ? "alertname" : text.substring(0, sign), text.substring(sign + 1));
    }
    return Labels.of(labels);
  }

  /**
   * What a webhook receiver got since the last call: second, reason, status, alerts with status.
   */
  List<String> got(String name) {
    List<String> lines = new ArrayList<>();
    for (FakeProvider.Received each : receivers.get(name).take()) {
      List<String> alerts = new ArrayList<>();
      each.json()
          .path("alerts")
          .forEach(
              alert ->
                  alerts.add(
                      alert.path("labels").path("alertname").asText()
                          + (alert.path("status").asText().equals("firing") ? "" : " over")
                          + (alert.has("fenghuoStatus")
                              ? " " + alert.path("fenghuoStatus").asText()
                              : "")));
      double second = Duration.between(MovingClock.START, each.at()).toMillis() / 1000.0;
      lines.add(
          (second == Math.rint(second) ? Long.toString((long) second) : Double.toString(second))
              + " "
              + each.json().path("notification_reason").asText()
              + " "
              + alerts);
    }
    return lines;
  }

  long count(String query) {
    return database.read(handle -> handle.createQuery(query).mapTo(Long.class).one());
  }

  @Override
  public void close() {
    alerting.close();
    receivers.values().forEach(FakeProvider::close);
    database.close();
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
