package io.fenghuo.alerting.group;

import io.fenghuo.alerting.alert.KnownAlert;
import io.fenghuo.alerting.alert.Severity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** An alert as a member of the group a look weighs it for. */
public final class Member {

  public static final String FIRING = "firing";
  public static final String STALE = "stale";
  private static final String OVER = "over";

  /**
   * How a look leaves a member.
   *
   * @param standing firing, stale or over
   * @param held by what: {@code silence:ID}, {@code inhibited:FINGERPRINT}
   * @param told by channel, that it burns: firing or stale; no entry once it was told the end
   */
  public record Standing(
      String standing, Severity severity, List<String> held, Map<String, String> told) {

    boolean burns() {
      return !standing.equals(OVER);
    }

    boolean open() {
      return burns() && held.isEmpty();
    }
  }

  private final KnownAlert alert;
  private final Standing before;
  private final List<String> held = new ArrayList<>();
  private final Map<String, String> told;

  /**
   * @param before as the last look left it, or null when none has weighed it
   * @param told by channel, what it was told
   */
  Member(KnownAlert alert, Standing before, Map<String, String> told) {
    this.alert = alert;
    this.before = before;
    this.told = new TreeMap<>(told);
  }

  public KnownAlert alert() {
    return alert;
  }

  Standing before() {
    return before;
  }

  /** Holds it back, and says what does. */
  public void hold(String by) {
    held.add(by);
  }

  public boolean isHeld() {
    return !held.isEmpty();
  }

  public List<String> held() {
    return held;
  }

  /** What a channel was told of it: firing, stale, or null for nothing or its end. */
  public String told(String channel) {
    return told.get(channel);
  }

  public Map<String, String> told() {
    return told;
  }

  /** Whether some channel was told that it burns and not yet that it ended. */
  public boolean isOwedAnEnd() {
    return !told.isEmpty();
  }

  /** A channel is told, or need not be told, how it is now. */
  public void tell(String channel, Instant now) {
    if (alert.ended()) {
      told.remove(channel);
    } else {
      told.put(channel, burning(now));
    }
  }

  /** How one that burns does: firing or stale. */
  public String burning(Instant now) {
    return alert.staleAt(now) ? STALE : FIRING;
  }

  public Standing standing(Instant now) {
    return new Standing(alert.ended() ? OVER : burning(now), alert.labels().severity(), held, told);
  }
}
