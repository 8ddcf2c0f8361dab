package io.fenghuo.rules.watch;

import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The windows of one figure of one subject that are still filling. A window is handed out once,
 * when it is complete; what late events do to it afterwards changes the figure, not what was
 * judged.
 */
final class OpenWindows {

  /** One window as its last revision left it. Times in milliseconds. */
  record Window(
      long from, long to, double value, double numerator, double denominator, long revision) {}

  private final TreeMap<Long, Window> open = new TreeMap<>();
  private long judged = Long.MIN_VALUE;

  void read(Reading reading) {
    if (reading.to() <= judged) {
      return;
    }
    Window known = open.get(reading.from());
    if (known == null || known.revision() <= reading.revision()) {
      open.put(
          reading.from(),
          new Window(
              reading.from(),
              reading.to(),
              reading.value(),
              reading.numerator(),
              reading.denominator(),
              reading.revision()));
    }
  }

  /** Takes out, in order, the windows that end at or before this time. */
  List<Window> complete(long now) {
    List<Window> complete = new ArrayList<>();
    while (!open.isEmpty() && open.firstEntry().getValue().to() <= now) {
      complete.add(open.pollFirstEntry().getValue());
    }
    judged = Math.max(judged, now);
    return complete;
  }

  boolean isEmpty() {
    return open.isEmpty();
  }

  /** Rough size in memory, bytes. */
  int weight() {
    return 100 + 150 * open.size();
  }

  void pack(Packer out) {
    out.number(judged).number(open.size());
    for (Window window : open.values()) {
      out.number(window.from())
          .number(window.to() - window.from())
          .real(window.value())
          .real(window.numerator())
          .real(window.denominator())
          .number(window.revision());
    }
  }

  static OpenWindows unpack(Unpacker in) {
    OpenWindows windows = new OpenWindows();
    windows.judged = in.number();
    for (int n = in.count(); n > 0; n--) {
      long from = in.number();
      windows.open.put(
          from, new Window(from, from + in.number(), in.real(), in.real(), in.real(), in.number()));
    }
    return windows;
  }
}
