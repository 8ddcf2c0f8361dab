package io.fenghuo.rules.journal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The older events of a busy entity, condensed for the features that look at one filter and one
 * field.
 *
 * <p>An exponential histogram (Datar, Gionis, Indyk, Motwani, "Maintaining stream statistics over
 * sliding windows", SIAM J. Comput. 31, 2002): buckets of neighbouring events, each with at most
 * 0.5 % of the events, and of the sum, of all that is newer. A window's far edge lies in one
 * bucket, so it is off by at most that much.
 */
public final class Trail {

  private static final double SHARE = 0.005;

  private final String id;
  private final Sightings sightings;
  private List<Bucket> buckets = new ArrayList<>();

  private static final class Bucket {
    long first;
    long last;
    long count;
    long whole;
    double real;
    double magnitude;
    Object firstValue;
    Object lastValue;
    Object least;
    Object most;

    Bucket(long time, Object value) {
      first = time;
      last = time;
      count = 1;
      firstValue = value;
      lastValue = value;
      if (value instanceof Number number) {
        least = value;
        most = value;
        magnitude = Math.abs(number.doubleValue());
        if (value instanceof Long more) {
          whole = more;
        } else {
          real = number.doubleValue();
        }
      }
    }

    private Bucket() {}

    /** Takes in the bucket that follows. */
    void absorb(Bucket newer) {
      last = newer.last;
      count += newer.count;
      whole += newer.whole;
      real += newer.real;
      magnitude += newer.magnitude;
      lastValue = newer.lastValue;
      least = least == null || compare(newer.least, least) < 0 ? newer.least : least;
      most = most == null || compare(newer.most, most) > 0 ? newer.most : most;
    }

    /** The part of this bucket after a time, its events taken as evenly spread. */
    double shareAfter(long time) {
      if (first > time) {
        return 1;
      }
      return last <= time ? 0 : (double) (last - time) / (last - first);
    }

    void pack(Packer out) {
      out.number(first).number(last - first).number(count).number(whole);
      out.word(Double.doubleToRawLongBits(real)).word(Double.doubleToRawLongBits(magnitude));
      out.value(firstValue).value(lastValue).value(least).value(most);
    }

    static Bucket unpack(Unpacker in) {
      Bucket bucket = new Bucket();
      bucket.first = in.number();
      bucket.last = bucket.first + in.number();
      bucket.count = in.number();
      bucket.whole = in.number();
      bucket.real = Double.longBitsToDouble(in.word());
      bucket.magnitude = Double.longBitsToDouble(in.word());
      bucket.firstValue = in.value();
      bucket.lastValue = in.value();
      bucket.least = in.value();
      bucket.most = in.value();
      return bucket;
    }
  }

  /**
   * @param id which filter and field; stays the same as long as they mean the same
   * @param sightings null when no feature asks for different values or their age
   */
  public Trail(String id, Sightings sightings) {
    this.id = id;
    this.sightings = sightings;
  }

  public String id() {
    return id;
  }

  public Sightings sightings() {
    return sightings;
  }

  /** Numbers of the same kind, in order. */
  public static int compare(Object a, Object b) {
    return a instanceof Long whole && b instanceof Long other
        ? Long.compare(whole, other)
        : Double.compare(((Number) a).doubleValue(), ((Number) b).doubleValue());
  }

  /** Takes in an event that leaves the journal. */
  public void add(long time, Object value) {
    int at = buckets.size();
    while (at > 0 && buckets.get(at - 1).first > time) {
      at--;
    }
    if (at > 0 && buckets.get(at - 1).last > time) {
      // A late one: it belongs into the bucket that spans its time.
      Bucket spanning = buckets.get(at - 1);
      long last = spanning.last;
      Object lastValue = spanning.lastValue;
      spanning.absorb(new Bucket(time, value));
      spanning.last = last;
      spanning.lastValue = lastValue;
    } else {
      buckets.add(at, new Bucket(time, value));
    }
  }

  /**
   * Joins neighbours as far as the bound allows, and forgets what no window reaches.
   *
   * @param newerCount events of this filter and field still in the journal
   * @param newerMagnitude sum of their absolute values
   */
  public void condense(long forgetUpTo, long newerCount, double newerMagnitude) {
    List<Bucket> newestFirst = new ArrayList<>();
    long count = newerCount;
    double magnitude = newerMagnitude;
    Bucket open = null;
    for (int i = buckets.size() - 1; i >= 0; i--) {
      Bucket older = buckets.get(i);
      if (older.last <= forgetUpTo) {
        break;
      }
      boolean fits =
          open != null
              && open.count + older.count <= SHARE * count
              && open.magnitude + older.magnitude <= SHARE * magnitude;
      if (fits) {
        older.absorb(open);
      } else if (open != null) {
        newestFirst.add(open);
        count += open.count;
        magnitude += open.magnitude;
      }
      open = older;
    }
    if (open != null) {
      newestFirst.add(open);
    }
    Collections.reverse(newestFirst);
    buckets = newestFirst;
    if (sightings != null) {
      sightings.forget(forgetUpTo);
    }
  }

  public boolean isEmpty() {
    return buckets.isEmpty();
  }

  /** Rough size in memory, bytes. */
  public int weight() {
    return buckets.size() * 150 + (sightings == null ? 0 : sightings.size() * 72);
  }

  /** Number of buckets. */
  public int size() {
    return buckets.size();
  }

  /** Number of events after a time. */
  public long countAfter(long time) {
    double count = 0;
    for (int i = buckets.size() - 1; i >= 0 && buckets.get(i).last > time; i--) {
      count += buckets.get(i).count * buckets.get(i).shareAfter(time);
    }
    return Math.round(count);
  }

  /** Sum of a whole-numbered field after a time. */
  public long wholeAfter(long time) {
    long sum = 0;
    for (int i = buckets.size() - 1; i >= 0 && buckets.get(i).last > time; i--) {
      Bucket bucket = buckets.get(i);
      sum +=
          bucket.first > time ? bucket.whole : Math.round(bucket.whole * bucket.shareAfter(time));
    }
    return sum;
  }

  /** Sum of a field after a time. */
  public double realAfter(long time) {
    double sum = 0;
    for (int i = buckets.size() - 1; i >= 0 && buckets.get(i).last > time; i--) {
      Bucket bucket = buckets.get(i);
      sum += (bucket.real + bucket.whole) * bucket.shareAfter(time);
    }
    return sum;
  }

  /** Smallest or largest value after a time, or null. */
  public Object extremeAfter(long time, boolean most) {
    Object best = null;
    for (int i = buckets.size() - 1; i >= 0 && buckets.get(i).last > time; i--) {
      Object value = most ? buckets.get(i).most : buckets.get(i).least;
      if (best == null || (compare(value, best) > 0) == most) {
        best = value;
      }
    }
    return best;
  }

  /** Time of the first event after a time, as far as known; Long.MAX_VALUE when there is none. */
  public long firstTimeAfter(long time) {
    for (Bucket bucket : buckets) {
      if (bucket.last > time) {
        return bucket.first > time ? bucket.first : bucket.last;
      }
    }
    return Long.MAX_VALUE;
  }

  /** Its value. */
  public Object firstValueAfter(long time) {
    for (Bucket bucket : buckets) {
      if (bucket.last > time) {
        return bucket.first > time ? bucket.firstValue : bucket.lastValue;
      }
    }
    return null;
  }

  public void pack(Packer out) {
    out.text(id).truth(sightings != null);
    if (sightings != null) {
      sightings.pack(out);
    }
    out.number(buckets.size());
    buckets.forEach(bucket -> bucket.pack(out));
  }

  public static Trail unpack(Unpacker in) {
    String id = in.text();
    Trail trail = new Trail(id, in.truth() ? Sightings.unpack(in) : null);
    for (int n = in.count(); n > 0; n--) {
      trail.buckets.add(Bucket.unpack(in));
    }
    return trail;
  }
}
