package io.fenghuo.rules.figure;

import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import io.fenghuo.schemas.RankedItem;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.apache.datasketches.common.ArrayOfStringsSerDe;
import org.apache.datasketches.frequencies.ErrorType;
import org.apache.datasketches.frequencies.ItemsSketch;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.TgtHllType;
import org.apache.datasketches.hll.Union;
import org.apache.datasketches.kll.KllLongsSketch;
import org.apache.datasketches.memory.Memory;

/** What all events of one window come to, for one measure. */
abstract class Tally {

  /** Places of a ranking that are published. */
  static final int PLACES = 50;

  abstract void absorb(Amount amount);

  /** Adds what another tally of the same measure holds. */
  abstract void merge(Tally other);

  /** The one number; NaN when there is none. */
  abstract double value();

  abstract void pack(Packer out);

  /** Rough size in memory, bytes. */
  int weight() {
    return 40;
  }

  static Tally of(Aggregate aggregate) {
    return switch (aggregate) {
      case COUNT, SUM -> new Total();
      case MAX -> new Extreme(true);
      case MIN -> new Extreme(false);
      case DISTINCT -> new Distinct(new HllSketch(Distinct.LG_REGISTERS, TgtHllType.HLL_4));
      case FRESH, REPEATED -> new Sampled(new Sample(), aggregate == Aggregate.REPEATED);
      case QUANTILE -> new Quantiles(KllLongsSketch.newHeapInstance(Quantiles.K));
      case TOP -> new Ranking(new ItemsSketch<>(Ranking.FIRST_SIZE));
    };
  }

  static Tally unpack(Aggregate aggregate, Unpacker in) {
    return switch (aggregate) {
      case COUNT, SUM -> {
        Total total = new Total();
        total.sum = in.number();
        yield total;
      }
      case MAX, MIN -> {
        Extreme extreme = new Extreme(aggregate == Aggregate.MAX);
        extreme.known = in.truth();
        extreme.extreme = in.number();
        yield extreme;
      }
      case DISTINCT -> new Distinct(HllSketch.heapify(in.blob()));
      case FRESH, REPEATED -> new Sampled(Sample.unpack(in), aggregate == Aggregate.REPEATED);
      case QUANTILE -> new Quantiles(KllLongsSketch.heapify(Memory.wrap(in.blob())));
      case TOP ->
          new Ranking(ItemsSketch.getInstance(Memory.wrap(in.blob()), new ArrayOfStringsSerDe()));
    };
  }

  /** Count or sum. */
  static final class Total extends Tally {
    private long sum;

    @Override
    void absorb(Amount amount) {
      sum = Math.addExact(sum, amount.number());
    }

    @Override
    void merge(Tally other) {
      sum = Math.addExact(sum, ((Total) other).sum);
    }

    @Override
    double value() {
      return sum;
    }

    @Override
    void pack(Packer out) {
      out.number(sum);
    }
  }

  /** Largest or smallest value. */
  static final class Extreme extends Tally {
    private final boolean largest;
    private boolean known;
    private long extreme;

    Extreme(boolean largest) {
      this.largest = largest;
    }

    private void hear(long value) {
      extreme = !known ? value : largest ? Math.max(extreme, value) : Math.min(extreme, value);
      known = true;
    }

    @Override
    void absorb(Amount amount) {
      hear(amount.number());
    }

    @Override
    void merge(Tally other) {
      if (((Extreme) other).known) {
        hear(((Extreme) other).extreme);
      }
    }

    @Override
    double value() {
      return known ? extreme : Double.NaN;
    }

    @Override
    void pack(Packer out) {
      out.truth(known).number(extreme);
    }
  }

  /** How many different values. */
  static final class Distinct extends Tally {
    static final int LG_REGISTERS = 16;
    private HllSketch sketch;

    Distinct(HllSketch sketch) {
      this.sketch = sketch;
    }

    @Override
    void absorb(Amount amount) {
      amount.values().forEach((hash, times) -> sketch.update(hash));
    }

    @Override
    void merge(Tally other) {
      Union union = new Union(LG_REGISTERS);
      union.update(sketch);
      union.update(((Distinct) other).sketch);
      sketch = union.getResult(TgtHllType.HLL_4);
    }

    @Override
    double value() {
      return Math.rint(sketch.getEstimate());
    }

    @Override
    int weight() {
      return 100 + sketch.getUpdatableSerializationBytes();
    }

    @Override
    void pack(Packer out) {
      out.blob(sketch.toCompactByteArray());
    }
  }

  /** How many different values came again, or were not there before. */
  static final class Sampled extends Tally {
    private final Sample sample;
    private final boolean repeated;

    Sampled(Sample sample, boolean repeated) {
      this.sample = sample;
      this.repeated = repeated;
    }

    @Override
    void absorb(Amount amount) {
      amount.values().forEach(sample::add);
    }

    @Override
    void merge(Tally other) {
      sample.merge(((Sampled) other).sample);
    }

    @Override
    double value() {
      return Math.rint(repeated ? sample.repeated() : sample.size());
    }

    double without(Tally others) {
      return Math.rint(sample.without(((Sampled) others).sample));
    }

    @Override
    int weight() {
      return sample.weight();
    }

    @Override
    void pack(Packer out) {
      sample.pack(out);
    }
  }

  /** Quantiles. */
  static final class Quantiles extends Tally {
    static final int K = 350;
    private final KllLongsSketch sketch;

    Quantiles(KllLongsSketch sketch) {
      this.sketch = sketch;
    }

    @Override
    void absorb(Amount amount) {
      amount
          .values()
          .forEach(
              (value, times) -> {
                // A weighted update compacts at once; up to a few copies are better kept plain.
                if (times < 8) {
                  for (long i = 0; i < times; i++) {
                    sketch.update(value);
                  }
                } else {
                  sketch.update(value, times);
                }
              });
    }

    @Override
    void merge(Tally other) {
      sketch.merge(((Quantiles) other).sketch);
    }

    @Override
    double value() {
      return quantile(50);
    }

    /** The value that so many percent do not exceed. */
    double quantile(int percent) {
      return sketch.isEmpty() ? Double.NaN : sketch.getQuantile(percent / 100.0);
    }

    long size() {
      return sketch.getN();
    }

    @Override
    int weight() {
      return 100 + sketch.getSerializedSizeBytes();
    }

    @Override
    void pack(Packer out) {
      out.blob(sketch.toByteArray());
    }
  }

  /** Items by weight. */
  static final class Ranking extends Tally {

    /** Three quarters of it are items that are counted exactly. */
    static final int FIRST_SIZE = 1 << 16;

    private static final Comparator<RankedItem> BETTER =
        Comparator.comparingDouble(RankedItem::getValue)
            .reversed()
            .thenComparing(RankedItem::getItem);

    private final ItemsSketch<String> sketch;

    /**
     * Who may be placed, with their weights: those who were, and those who have come to as much
     * since. Weights only grow, so nobody else needs to be looked at. Null when that is not known.
     */
    private Map<String, Long> candidates;

    /** What the last place had when places were last given; 0 when some were free. */
    private long floor;

    Ranking(ItemsSketch<String> sketch) {
      this.sketch = sketch;
      this.candidates = sketch.isEmpty() ? new HashMap<>() : null;
    }

    @Override
    void absorb(Amount amount) {
      amount
          .items()
          .forEach(
              (item, weight) -> {
                if (weight > 0) {
                  sketch.update(item, weight);
                  consider(item);
                }
              });
    }

    @Override
    void merge(Tally other) {
      sketch.merge(((Ranking) other).sketch);
      candidates = null;
    }

    private void consider(String item) {
      if (candidates != null) {
        long weight = sketch.getEstimate(item);
        if (weight >= floor) {
          candidates.put(item, weight);
        }
      }
    }

    /** The whole weight of all items. */
    @Override
    double value() {
      return sketch.getStreamLength();
    }

    /** By how much a weight may be off. */
    double error() {
      return sketch.getMaximumError();
    }

    /** The places, highest first; equal ones in order of name. */
    List<RankedItem> places() {
      if (candidates == null) {
        considerAll();
      }
      List<RankedItem> places = best();
      if (!places.stream().allMatch(this::isStillSo)) {
        considerAll();
        places = best();
      }
      candidates = new HashMap<>();
      places.forEach(place -> candidates.put(place.getItem(), (long) place.getValue()));
      floor = places.size() < PLACES ? 0 : (long) places.get(PLACES - 1).getValue();
      return places;
    }

    /** The sketch forgets small weights when it is full. */
    private boolean isStillSo(RankedItem place) {
      return sketch.getEstimate(place.getItem()) == (long) place.getValue();
    }

    private void considerAll() {
      candidates = new HashMap<>();
      for (ItemsSketch.Row<String> row : sketch.getFrequentItems(0, ErrorType.NO_FALSE_NEGATIVES)) {
        candidates.put(row.getItem(), row.getEstimate());
      }
    }

    private List<RankedItem> best() {
      PriorityQueue<RankedItem> best = new PriorityQueue<>(BETTER.reversed());
      candidates.forEach(
          (item, weight) -> {
            best.add(new RankedItem(item, (double) weight));
            if (best.size() > PLACES) {
              best.poll();
            }
          });
      return best.stream().sorted(BETTER).toList();
    }

    @Override
    int weight() {
      return 100 + sketch.getNumActiveItems() * 80;
    }

    @Override
    void pack(Packer out) {
      out.blob(sketch.toByteArray(new ArrayOfStringsSerDe()));
    }
  }
}
