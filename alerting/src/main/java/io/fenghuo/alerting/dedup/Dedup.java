package io.fenghuo.alerting.dedup;

import io.fenghuo.alerting.alert.KnownAlert;
import io.fenghuo.alerting.group.Member;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Whether a channel has something new to be told, by what it was last told. A pure function, so
 * that a look at a group may be repeated as often as one likes.
 */
public final class Dedup {

  /** An end nobody is told of: a happening that is simply over. */
  public static final String PASSED = "passed";

  private Dedup() {}

  /**
   * What a channel is told by this look.
   *
   * @param reason why it is told now, or empty when only we note that it need not be
   * @param at since when it knows what it knows, for repeating
   */
  public record News(Optional<String> reason, Instant at) {

    private static Optional<News> because(String reason, Instant now) {
      return Optional.of(new News(Optional.of(reason), now));
    }
  }

  /**
   * A channel as the last look left it.
   *
   * @param lastTold when it was last told something, or null
   * @param hasBurnt whether it was told of one that burns, and of no end since
   */
  public record Before(String channel, Instant lastTold, boolean hasBurnt) {}

  /**
   * Compares.
   *
   * @param open members that changed and that nobody holds back; of all others the channel knows
   *     already
   * @param anyBurns whether any member burns that nobody holds back, changed or not
   */
  public static Optional<News> news(
      Before before,
      List<Member> open,
      boolean anyBurns,
      Duration repeatInterval,
      boolean sendsResolved,
      Instant now) {
    if (before.lastTold() == null) {
      return anyBurns ? News.because("first", now) : Optional.empty();
    }
    boolean unheard = false;
    boolean quiet = false;
    boolean back = false;
    boolean ended = false;
    boolean passed = false;
    for (Member member : open) {
      KnownAlert alert = member.alert();
      String told = member.told(before.channel());
      if (!alert.ended()) {
        String is = member.burning(now);
        unheard |= told == null;
        quiet |= is.equals(Member.STALE) && Member.FIRING.equals(told);
        back |= is.equals(Member.FIRING) && Member.STALE.equals(told);
      } else if (told != null) {
        boolean quietly = PASSED.equals(alert.endedAs());
        passed |= quietly;
        ended |= !quietly;
      }
    }
    if (unheard) {
      return News.because(before.hasBurnt() ? "more" : "first", now);
    }
    if (quiet) {
      return News.because("stale", now);
    }
    if (back) {
      return News.because("back", now);
    }
    if (ended && sendsResolved) {
      return News.because("resolved", now);
    }
    if (ended && !anyBurns) {
      return Optional.of(new News(Optional.empty(), now));
    }
    if (passed) {
      // Noted at once and told nobody; the rest keeps its time for repeating.
      return Optional.of(new News(Optional.empty(), before.lastTold()));
    }
    if (anyBurns && !before.lastTold().plus(repeatInterval).isAfter(now)) {
      return News.because("repeat", now);
    }
    return Optional.empty();
  }
}
