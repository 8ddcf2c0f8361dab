package io.fenghuo.rules.watch;

import java.util.List;

/** When the shop's campaigns are: then a peak is expected, and nothing that is seen is usual. */
record Calendar(List<Span> spans) {

  static final Calendar NONE = new Calendar(List.of());

  /** From its warm-up to its end, event times in milliseconds, the end excluded. */
  record Span(long from, long to) {}

  boolean isCampaign(long time) {
    for (Span span : spans) {
      if (time >= span.from() && time < span.to()) {
        return true;
      }
    }
    return false;
  }
}
