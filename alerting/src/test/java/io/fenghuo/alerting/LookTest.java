package io.fenghuo.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.alerting.alert.Matcher;
import io.fenghuo.alerting.alert.Reported;
import io.fenghuo.alerting.mute.Silence;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A look weighs only members that changed. What it says is held against a service that weighs
 * everybody at every look, because its database forgets what the last one went by.
 */
class LookTest {

  private static final int WORLDS = Integer.getInteger("fenghuo.worlds", 2);
  private static final int STEPS = 40;

  private static final String ROUTING =
      """
      global: { allow_private_hosts: [127.0.0.1], zone: Asia/Shanghai, forget_after: 3m }
      clocks: [ { answer_within: 0s, resolve_within: 0s } ]
      route: { receiver: team, group_by: [city], group_wait: 3s, group_interval: 10s, repeat_interval: 1m,
        routes: [ { matchers: [ city="gz" ], receiver: team, mute_time_intervals: [ pause ] } ] }
      time_intervals: [ { name: pause, time_intervals: [ { times: [ { start_time: "20:02", end_time: "20:04" } ] } ] } ]
      receivers:
        - name: team
          webhook_configs: [ { url: URL(all) }, { url: URL(fires), send_resolved: false } ]
      inhibit_rules:
        - { source_matchers: [ alertname="Down" ], target_matchers: [ alertname!="Down" ], equal: [ city, rack ] }
      """;

  private static Story story() {
    return new Story(ROUTING, "all", "fires");
  }

  private static Story storyThatForgets() {
    Database database = TestDatabase.fresh();
    database.useTransaction(
        handle -> {
          handle.execute(
              "create function forget() returns trigger language plpgsql as"
                  + " 'begin new.outside := ''''; return new; end'");
          handle.execute(
              "create trigger forgets before update on alert_group for each row"
                  + " execute function forget()");
        });
    return new Story(database, ROUTING, "all", "fires");
  }

  @Test
  void whoWeighsWhatChangedSaysWhatWhoWeighsEverybodySays() {
    long seed = Long.getLong("fenghuo.seed", System.nanoTime());
    System.out.println("LookTest seed " + seed);
    Random random = new Random(seed);
    int said = 0;
    for (int world = 0; world < WORLDS; world++) {
      try (Story usual = story();
          Story thorough = storyThatForgets()) {
        for (int step = 0; step < STEPS; step++) {
          List<Reported> reports = reports(random, usual.clock.instant());
          List<Silence> silences =
              random.nextInt(6) == 0 ? List.of(silence(random, usual.clock.instant())) : List.of();
          int until = (step + 1) * 7;
          for (Story each : List.of(usual, thorough)) {
            each.alerting().inbox().accept(reports);
            silences.forEach(each.alerting().silences()::set);
            each.until(until);
          }
          String where = "seed " + seed + ", world " + world + ", second " + until;
          for (String name : List.of("all", "fires")) {
            List<String> got = bodies(usual, name);
            assertThat(got).as(where).isEqualTo(bodies(thorough, name));
            said += got.size();
          }
        }
        assertThat(suppressed(usual)).isEqualTo(suppressed(thorough));
      }
    }
    assertThat(said).isGreaterThan(WORLDS * 20);
  }

  private static List<Reported> reports(Random random, Instant now) {
    List<Reported> reports = new ArrayList<>();
    int many = random.nextInt(4) == 0 ? 70 : random.nextInt(4);
    for (int i = 0; i < many; i++) {
      String city = random.nextBoolean() ? "city=bj" : "city=gz";
      String[] labels =
          random.nextInt(12) == 0
              ? new String[] {"Down", city, "rack=r" + random.nextInt(3)}
              : new String[] {
                "Slow", city, "rack=r" + random.nextInt(3), "host=h" + random.nextInt(60)
              };
      int kind = random.nextInt(10);
      reports.add(
          new Reported(
              Story.labels(labels),
              Map.of("summary", "slow", "value", random.nextInt(3) == 0 ? "9" : "5"),
              now,
              kind == 0 ? now.plusSeconds(15) : null,
              kind == 1 ? now.plusSeconds(25) : null,
              kind > 5 ? now : null,
              "",
              "http"));
    }
    return reports;
  }

  private static Silence silence(Random random, Instant now) {
    Matcher matcher =
        random.nextBoolean()
            ? new Matcher("rack", "r" + random.nextInt(3), false, true)
            : new Matcher("city", random.nextBoolean() ? "bj" : "gz", false, true);
    return new Silence(
        null, List.of(matcher), now, now.plusSeconds(40), null, "wang", "test", Map.of());
  }

  /** But for the links, which every database signs with a key of its own. */
  private static List<String> bodies(Story story, String receiver) {
    return story.receiver(receiver).take().stream()
        .map(each -> each.at() + " " + each.body().replaceAll("http[^\"]*/i/[^\"]*", "LINK"))
        .sorted()
        .toList();
  }

  private static List<String> suppressed(Story story) {
    return story.database.read(
        handle ->
            handle
                .createQuery(
                    "select reason || ' ' || sum(count) from tally where name = 'suppressed'"
                        + " group by reason order by 1")
                .mapTo(String.class)
                .list());
  }

  @Test
  void aMessageAboutManyNamesSomeAndCountsAll() {
    String routing =
        ROUTING
            .replace("repeat_interval: 1m", "repeat_interval: 24h")
            .replace(", { url: URL(fires), send_resolved: false }", "");
    try (Story story = new Story(routing, "all")) {
      List<Reported> many = new ArrayList<>();
      for (int host = 0; host < 300; host++) {
        many.add(
            Reports.firing(
                story.clock.instant(), "Slow", "city=bj", "zone=z1", "host=h" + (1000 + host)));
      }
      story.alerting().inbox().accept(many);
      story.until(5);
      FakeProvider.Received first = story.receiver("all").take().get(0);
      assertThat(first.json().path("alerts")).hasSize(50);
      assertThat(first.json().path("truncatedAlerts").asInt()).isEqualTo(250);
      assertThat(first.json().path("commonLabels").has("zone")).isTrue();

      story.fire("Slow", "city=bj", "zone=z2", "host=other", "severity=critical").until(20);
      FakeProvider.Received more = story.receiver("all").take().get(0);
      assertThat(more.json().path("alerts").get(0).path("labels").path("host").asText())
          .isEqualTo("other");
      assertThat(more.json().path("truncatedAlerts").asInt()).isEqualTo(251);
      assertThat(more.json().path("commonLabels").has("zone")).isFalse();

      story.resolve("Slow", "city=bj", "zone=z2", "host=other", "severity=critical").until(40);
      FakeProvider.Received less = story.receiver("all").take().get(0);
      assertThat(less.json().path("truncatedAlerts").asInt()).isEqualTo(251);
      // The one whose end is told is part of the message.
      assertThat(less.json().path("commonLabels").has("zone")).isFalse();
      story.fire("Slow", "city=bj", "zone=z1", "host=last").until(60);
      assertThat(
              story.receiver("all").take().get(0).json().path("commonLabels").path("zone").asText())
          .isEqualTo("z1");
    }
  }
}
