package io.fenghuo.rules.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.RuleMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

class RandomWorldTest {

  private static ReferenceEvaluator.Result judge(RandomWorld world) {
    return new ReferenceEvaluator(world.files()).evaluate(world.events(), world.lists());
  }

  @Test
  void theSameSeedGivesTheSameWorld() {
    RandomWorld one = new RandomWorld(7);
    RandomWorld other = new RandomWorld(7);
    assertThat(one.files()).isEqualTo(other.files());
    assertThat(one.events()).isEqualTo(other.events());
    assertThat(one.lists()).isEqualTo(other.lists());
    assertThat(judge(one)).isEqualTo(judge(other));
  }

  @Test
  void theOrderOfArrivalChangesNothing() {
    for (long seed = 0; seed < 10; seed++) {
      RandomWorld world = new RandomWorld(seed);
      List<SpecificRecord> shuffled = new ArrayList<>(world.events());
      Collections.shuffle(shuffled, new Random(seed));
      assertThat(new ReferenceEvaluator(world.files()).evaluate(shuffled, world.lists()))
          .isEqualTo(judge(world));
    }
  }

  @Test
  void eventsArriveWithinTheBound() {
    long latest = 0;
    for (var event : new RandomWorld(3).events()) {
      long time = Event.of(event).time();
      assertThat(time).isGreaterThanOrEqualTo(latest - RandomWorld.MAX_DELAY_MS);
      latest = Math.max(latest, time);
    }
  }

  @Test
  void aFewThousandEventsTakeSeconds() {
    RandomWorld world = new RandomWorld(1, 2000);
    long begin = System.nanoTime();
    assertThat(judge(world).decisions()).isNotEmpty();
    assertThat(System.nanoTime() - begin).isLessThan(60_000_000_000L);
    System.out.printf("2,000 events in %d ms%n", (System.nanoTime() - begin) / 1_000_000);
  }

  /** How often each kind of thing did something, over many worlds. */
  @Test
  void everyKindOfThingComesToLife() {
    SortedMap<String, int[]> lively = new TreeMap<>();
    int decisions = 0;
    for (long seed = 0; seed < 50; seed++) {
      RandomWorld world = new RandomWorld(seed);
      ReferenceEvaluator.Result result = judge(world);
      decisions += result.decisions().size();
      TreeSet<String> hit = new TreeSet<>();
      result.alerts().forEach(alert -> hit.add(alert.getRuleId()));
      for (Decision decision : result.decisions()) {
        decision.getHits().forEach(h -> hit.add(h.getRuleId()));
        tally(lively, "outcome " + decision.getOutcome(), true);
        tally(lively, "decisions with hits", !decision.getHits().isEmpty());
        tally(lively, "decisions that are revisions", decision.getRevision() > 0);
        for (String list : List.of("DENY", "ALLOW", "WATCH")) {
          boolean applied = decision.getLists().stream().anyMatch(text -> text.startsWith(list));
          tally(lively, "decisions with list " + list, applied);
        }
      }
      for (Alert alert : result.alerts()) {
        tally(lively, "shadow alerts", alert.getMode() == RuleMode.SHADOW);
      }
      for (Map.Entry<String, String> file : world.files().entrySet()) {
        String id = file.getKey().replace(".yaml", "");
        String yaml = file.getValue();
        if (id.endsWith("features") || id.equals("policy") || yaml.contains("mode: off")) {
          continue;
        }
        String kind = id.substring(0, id.indexOf('/'));
        boolean hits = hit.contains(id);
        tally(lively, "rules: " + kind, hits);
        tallyIf(yaml.contains("mode: shadow"), lively, "rules: shadow", hits);
        tallyIf(yaml.contains("times:"), lively, "sequences with times", hits);
        tallyIf(yaml.contains("strictly:"), lively, "sequences with strictly", hits);
        boolean both = yaml.matches("(?s).*times: \\d\\s+strictly.*");
        tallyIf(both, lively, "sequences with times and strictly", hits);
        tallyIf(yaml.contains("- b:"), lively, "sequences of several steps", hits);
        tallyIf(yaml.contains("- c:"), lively, "sequences of 3 steps", hits);
        tallyIf(yaml.contains("- d:"), lively, "sequences of 4 steps", hits);
        boolean names = yaml.matches("(?s).*- [b-d]: >-\\n[^\\n]*\\b[a-c]\\.\\w+.*");
        tallyIf(names, lively, "sequences naming earlier steps", hits);
        tallyIf(yaml.contains("lookback:"), lively, "deadlines with lookback", hits);
        boolean asksSequence = yaml.matches("(?s).*when: >-\\n[^\\n]*\\.s\\d .*");
        tallyIf(asksSequence, lively, "when-rules naming sequences", hits);
        for (String word :
            List.of(
                "between",
                "not between",
                "not in",
                "like",
                "is null",
                "is not null",
                "coalesce",
                "kilometres",
                "not (",
                " % ",
                " / ",
                " * ",
                " and ",
                " or ")) {
          String when = yaml.replaceAll("(?s).*when: >-\\n([^\\n]*)\\n.*", "$1");
          tallyIf(kind.equals("when") && when.contains(word), lively, "when with " + word, hits);
        }
      }
      result
          .features()
          .values()
          .forEach(
              features ->
                  features.forEach(
                      (name, value) -> {
                        String figure = name.substring(name.indexOf('.') + 1);
                        String kind = figure.replaceAll("_[ab]$|\\d+$", "");
                        boolean empty = value == null || value.equals(0L) || value.equals(false);
                        tally(lively, "figures: " + kind, !empty);
                      }));
    }
    System.out.println(decisions + " decisions in 50 worlds");
    lively.forEach(
        (what, count) ->
            System.out.printf(
                "%-36s %6d of %6d  %3d %%%n", what, count[0], count[1], 100 * count[0] / count[1]));
    assertThat(lively).allSatisfy((what, count) -> assertThat(count[0]).isPositive());
    assertThat(lively)
        .containsKeys(
            "rules: when",
            "rules: sequence",
            "rules: deadline",
            "rules: shadow",
            "outcome PASS",
            "outcome CHALLENGE",
            "outcome REVIEW",
            "outcome BLOCK",
            "sequences with times",
            "sequences with strictly",
            "sequences with times and strictly",
            "sequences of 4 steps",
            "sequences naming earlier steps",
            "when-rules naming sequences",
            "deadlines with lookback",
            "decisions with list DENY",
            "decisions with list ALLOW",
            "decisions with list WATCH",
            "when with kilometres",
            "when with coalesce",
            "figures: count",
            "figures: sum",
            "figures: avg",
            "figures: min",
            "figures: max",
            "figures: distinct",
            "figures: first",
            "figures: last",
            "figures: previous",
            "figures: age",
            "figures: s");
  }

  private static void tallyIf(
      boolean counts, Map<String, int[]> tally, String what, boolean happened) {
    if (counts) {
      tally(tally, what, happened);
    }
  }

  private static void tally(Map<String, int[]> tally, String what, boolean happened) {
    int[] count = tally.computeIfAbsent(what, w -> new int[2]);
    count[0] += happened ? 1 : 0;
    count[1]++;
  }
}
