package io.fenghuo.local.simulate;

/**
 * Who acts when: a hierarchical timing wheel of one millisecond. Scheduling and taking cost the
 * same with ten actors or ten million, and nothing is allocated. Actors due at the same millisecond
 * act in a fixed order.
 */
final class Agenda {

  private static final int BITS = 8;
  private static final int SLOTS = 1 << BITS;
  private static final int MASK = SLOTS - 1;
  private static final int LEVELS = 5;
  private static final int WORDS = SLOTS / Long.SIZE;

  private final Actor[] heads = new Actor[LEVELS * SLOTS];
  private final Actor[] tails = new Actor[LEVELS * SLOTS];
  private final long[] occupied = new long[LEVELS * WORDS];
  private final long origin;

  /** Milliseconds since the origin: levels hold their bits, not those of 1970. */
  private long now;

  Agenda(long origin) {
    this.origin = origin;
  }

  long now() {
    return origin + now;
  }

  /** Puts the actor down for the given time, or for now when that is past. */
  void schedule(Actor actor, long at) {
    actor.at = Math.max(at, origin + now);
    place(actor);
  }

  /** Moves time to the earliest actor and takes it off. */
  Actor take() {
    while (true) {
      int slot = occupiedFrom(0, (int) (now & MASK));
      if (slot >= 0) {
        now = (now & ~MASK) | slot;
        return removeFirst(slot);
      }
      unfold();
    }
  }

  /** Level 0 is used up: spreads the next occupied slot of a higher level over the lower ones. */
  private void unfold() {
    for (int level = 1; level < LEVELS; level++) {
      int shift = BITS * level;
      int slot = occupiedFrom(level, (int) (now >>> shift & MASK) + 1);
      if (slot >= 0) {
        now = (now >>> (shift + BITS) << (shift + BITS)) | ((long) slot << shift);
        Actor actor = removeAll(level * SLOTS + slot);
        while (actor != null) {
          Actor following = actor.next;
          place(actor);
          actor = following;
        }
        return;
      }
    }
    throw new IllegalStateException("nothing is left on the agenda");
  }

  private void place(Actor actor) {
    long due = actor.at - origin;
    int level = (Long.SIZE - 1 - Long.numberOfLeadingZeros(due ^ now | 1)) / BITS;
    if (level >= LEVELS) {
      throw new IllegalArgumentException("more than 34 years ahead: " + actor.at);
    }
    int index = level * SLOTS + (int) (due >>> (BITS * level) & MASK);
    actor.next = null;
    if (heads[index] == null) {
      heads[index] = actor;
      occupied[index >>> 6] |= 1L << index;
    } else {
      tails[index].next = actor;
    }
    tails[index] = actor;
  }

  private Actor removeFirst(int index) {
    Actor actor = heads[index];
    heads[index] = actor.next;
    if (actor.next == null) {
      tails[index] = null;
      occupied[index >>> 6] &= ~(1L << index);
    }
    actor.next = null;
    return actor;
  }

  private Actor removeAll(int index) {
    Actor first = heads[index];
    heads[index] = null;
    tails[index] = null;
    occupied[index >>> 6] &= ~(1L << index);
    return first;
  }

  /** The first occupied slot of the level that is not before the given one, or -1. */
  private int occupiedFrom(int level, int slot) {
    int word = slot >>> 6;
    if (word >= WORDS) {
      return -1;
    }
    long bits = occupied[level * WORDS + word] & (-1L << slot);
    while (bits == 0) {
      if (++word == WORDS) {
        return -1;
      }
      bits = occupied[level * WORDS + word];
    }
    return word * Long.SIZE + Long.numberOfTrailingZeros(bits);
  }
}
