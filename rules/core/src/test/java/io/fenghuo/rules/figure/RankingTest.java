package io.fenghuo.rules.figure;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import io.fenghuo.schemas.RankedItem;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A ranking looks only at whom it must; one that was just read looks at everybody. */
class RankingTest {

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void placesAreThoseOfOneThatLooksAtEverybody(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    // Some fit, some do not, and those of the same weight are forgotten together.
    int items = new int[] {30, 1_000, 90_000}[random.nextInt(3)];
    boolean equal = random.nextBoolean();
    Tally.Ranking ranking = (Tally.Ranking) Tally.of(Aggregate.TOP);
    Map<String, Long> exact = new HashMap<>();
    for (int round = 0; round < 40; round++) {
      Amount amount = Amount.of(Aggregate.TOP);
      for (int i = 0; i < 4_000; i++) {
        double skew = equal ? random.nextDouble() : Math.pow(random.nextDouble(), 4);
        String item = "p" + (int) (items * skew);
        long weight = equal ? 1 : random.nextInt(5);
        amount.item(item, weight);
        exact.merge(item, weight, Long::sum);
      }
      ranking.absorb(amount);
      if (random.nextInt(5) == 0) {
        Tally.Ranking other = (Tally.Ranking) Tally.of(Aggregate.TOP);
        other.absorb(amount);
        ranking.merge(other);
        amount.items().forEach((item, weight) -> exact.merge(item, weight, Long::sum));
      }
      if (random.nextInt(3) > 0) {
        List<RankedItem> places = ranking.places();
        assertThat(places).as("seed %d, round %d", seed, round).isEqualTo(again(ranking).places());
        if (ranking.error() == 0) {
          assertThat(places).as("seed %d, round %d", seed, round).isEqualTo(naive(exact));
        }
      }
    }
  }

  private static Tally.Ranking again(Tally.Ranking ranking) {
    Packer packer = new Packer();
    ranking.pack(packer);
    return (Tally.Ranking) Tally.unpack(Aggregate.TOP, new Unpacker(packer.toBytes()));
  }

  private static List<RankedItem> naive(Map<String, Long> exact) {
    return exact.entrySet().stream()
        .filter(entry -> entry.getValue() > 0)
        .map(entry -> new RankedItem(entry.getKey(), (double) entry.getValue()))
        .sorted(
            Comparator.comparingDouble(RankedItem::getValue)
                .reversed()
                .thenComparing(RankedItem::getItem))
        .limit(Tally.PLACES)
        .toList();
  }
}
