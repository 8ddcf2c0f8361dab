package io.fenghuo.rules.watch;

import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** All ways to do one thing, each with its usual success and the doubt about it. */
final class FailoverState implements WatchState {

  private static final byte FORM = 2;

  /** Had one test for each way. */
  private static final byte FIRST_FORM = 1;

  /** A field that explodes must not fill the memory; the ways that came first are watched. */
  private static final int MOST = 64;

  private final Failover watch;
  private final TreeMap<String, Way> ways = new TreeMap<>();

  FailoverState(Failover watch) {
    this.watch = watch;
  }

  @Override
  public void read(Reading reading) {
    String name = reading.dimensions().get(watch.by());
    Way way = ways.get(name);
    if (way == null) {
      if (ways.size() >= MOST) {
        return;
      }
      way = new Way(watch, name);
      ways.put(name, way);
    }
    if (reading.figure().equals(watch.codes())) {
      way.readCode(reading.dimensions().getOrDefault(watch.because(), "-"), reading);
    } else if (reading.figure().equals(watch.amounts())) {
      way.readMoney(reading);
    } else {
      way.read(reading);
    }
  }

  @Override
  public void time(long now, Findings findings) {
    ways.values().forEach(way -> way.count(now));
    ways.values().forEach(way -> way.judge(now, instead(way), findings));
    ways.values().removeIf(way -> way.isForgotten(now));
  }

  /** The healthiest other way, by what its success is at least. */
  private Optional<Way> instead(Way failing) {
    return ways.values().stream()
        .filter(way -> way != failing && way.isHealthy())
        .max(Comparator.comparingDouble(Way::surelyGood));
  }

  @Override
  public boolean isEmpty() {
    return ways.isEmpty();
  }

  @Override
  public int weight() {
    int weight = 500;
    for (Way way : ways.values()) {
      weight += way.weight();
    }
    return weight;
  }

  @Override
  public void pack(Packer out) {
    out.put(FORM).number(ways.size());
    for (Map.Entry<String, Way> way : ways.entrySet()) {
      out.text(way.getKey());
      way.getValue().pack(out);
    }
  }

  static FailoverState unpack(Failover watch, Unpacker in) {
    byte form = in.get();
    if (form != FIRST_FORM) {
      Forms.check(watch.about().id(), form, FORM);
    }
    FailoverState state = new FailoverState(watch);
    for (int n = in.count(); n > 0; n--) {
      String name = in.text();
      state.ways.put(name, Way.unpack(watch, name, in, form == FIRST_FORM));
    }
    return state;
  }
}
