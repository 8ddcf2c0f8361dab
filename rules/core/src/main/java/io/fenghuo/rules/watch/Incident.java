package io.fenghuo.rules.watch;

import io.fenghuo.rules.definition.Words;
import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.Severity;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One alert from its beginning to its end. It only climbs: it is as severe as it has been at its
 * worst, so that nobody's page turns into a notice while they drive in.
 */
final class Incident {

  /**
   * What there is to say at one moment.
   *
   * @param threshold what the value is held against
   * @param more further annotations by name; {@code value} and {@code threshold} are the two
   *     numbers as people read them
   */
  record Message(double value, double threshold, Words words, Map<String, String> more) {}

  private final About about;
  private final SortedMap<String, String> subject;
  private boolean open;
  private long startsAt;
  private Severity severity;
  private double value;
  private double threshold;

  Incident(About about, SortedMap<String, String> subject) {
    this.about = about;
    this.subject = subject;
  }

  boolean isOpen() {
    return open;
  }

  /** Event time of its beginning, milliseconds. */
  long startsAt() {
    return startsAt;
  }

  Severity severity() {
    return severity;
  }

  /** True when raising it to this severity would tell anybody anything new. */
  boolean wouldClimb(Severity to) {
    return !open || to.compareTo(severity) > 0;
  }

  /**
   * Begins it, or makes it more severe.
   *
   * @param since event time from which on it was so; counts when it begins
   */
  void raise(Severity to, long since, Message message, Findings findings) {
    if (!wouldClimb(to)) {
      return;
    }
    if (!open) {
      open = true;
      startsAt = since;
    }
    severity = to;
    value = message.value();
    threshold = message.threshold();
    findings.alert(alert(message).build());
  }

  /** Ends it; does nothing when there is none. */
  void end(long at, Words words, Findings findings) {
    if (open) {
      open = false;
      findings.alert(
          alert(new Message(value, threshold, words, Map.of()))
              .setEndsAt(Math.max(at, startsAt))
              .build());
    }
  }

  private Alert.Builder alert(Message message) {
    String key = Wording.key(subject);
    String fingerprint = about.id() + "|" + key;
    Map<String, String> labels = new TreeMap<>(subject);
    labels.put("rule", about.id());
    labels.put("key", key);
    labels.put("severity", severity.name().toLowerCase(Locale.ROOT));
    labels.put("owner", about.owner());
    Map<String, String> annotations = new TreeMap<>(message.more());
    Words title = Wording.subject(about.title(), subject);
    annotations.put("title_zh", title.zh());
    annotations.put("title_en", title.en());
    annotations.put("summary_zh", message.words().zh());
    annotations.put("summary_en", message.words().en());
    return Alert.newBuilder()
        .setAlertId(fingerprint + "|" + startsAt)
        .setFingerprint(fingerprint)
        .setRuleId(about.id())
        .setMode(about.mode())
        .setSeverity(severity)
        .setLabels(labels)
        .setAnnotations(annotations)
        .setValue(Double.isNaN(message.value()) ? null : message.value())
        .setThreshold(Double.isNaN(message.threshold()) ? null : message.threshold())
        .setStartsAt(startsAt);
  }

  void pack(Packer out) {
    out.truth(open);
    if (open) {
      out.number(startsAt).number(severity.ordinal()).real(value).real(threshold);
    }
  }

  void unpack(Unpacker in) {
    open = in.truth();
    if (open) {
      startsAt = in.number();
      severity = Severity.values()[in.count()];
      value = in.real();
      threshold = in.real();
    }
  }
}
