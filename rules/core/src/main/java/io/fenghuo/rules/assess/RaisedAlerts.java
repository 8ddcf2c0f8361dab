package io.fenghuo.rules.assess;

import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.UndecodableException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What has been raised for one rule and entity key: of the signals of one piece of time, only the
 * first is an alert.
 */
public final class RaisedAlerts {

  private static final byte FORM = 1;
  private static final int REMEMBERED = 64;
  private static final Comparator<AlertSignal> ORDER =
      Comparator.comparingLong((AlertSignal signal) -> signal.alert().getStartsAt())
          .thenComparing(AlertSignal::eventId);

  private final Set<String> raised = new LinkedHashSet<>();
  private final List<AlertSignal> waiting = new ArrayList<>();

  public void hear(AlertSignal signal) {
    if (!raised.contains(signal.alert().getAlertId())) {
      waiting.add(signal);
    }
  }

  /** Raises, in order, what is not later than this event time and not raised yet. */
  public void raise(long time, Consumer<Alert> alerts) {
    waiting.sort(ORDER);
    waiting.removeIf(
        signal -> {
          if (signal.alert().getStartsAt() > time) {
            return false;
          }
          if (raised.add(signal.alert().getAlertId())) {
            alerts.accept(signal.alert());
          }
          return true;
        });
    while (raised.size() > REMEMBERED) {
      raised.remove(raised.iterator().next());
    }
  }

  public byte[] pack(Packer out, EventCodec codec) {
    out.reset();
    out.put(FORM).number(raised.size());
    raised.forEach(out::text);
    out.number(waiting.size());
    waiting.forEach(signal -> out.blob(codec.encode(signal.alert())).text(signal.eventId()));
    return out.toBytes();
  }

  public static RaisedAlerts unpack(byte[] bytes, EventCodec codec) {
    Unpacker in = new Unpacker(bytes);
    byte form = in.get();
    if (form != FORM) {
      throw new IllegalStateException("alert state of form " + form + " (expected: " + FORM + ")");
    }
    RaisedAlerts alerts = new RaisedAlerts();
    for (int n = in.count(); n > 0; n--) {
      alerts.raised.add(in.text());
    }
    for (int n = in.count(); n > 0; n--) {
      try {
        alerts.waiting.add(new AlertSignal(codec.decode(in.blob(), Alert.class), in.text()));
      } catch (UndecodableException impossible) {
        throw new IllegalStateException("an alert that was encoded before", impossible);
      }
    }
    return alerts;
  }
}
