package io.fenghuo.rules.watch;

import java.util.List;

/** When the shop's campaigns are: then a peak is expected, and nothing that is seen is usual. */
record Calendar(List<Span> spans, List<Span> peaks) {

  static final Calendar NONE = new Calendar(List.of(), List.of());

  /** From its warm-up to its end, event times in milliseconds, the end excluded. */
  record Span(long from, long to) {}

  boolean isCampaign(long time) {
    return within(spans, time);
  }

  /** True in the minutes in which a campaign expects many times as much as before. */
  boolean isPeak(long time) {
    return within(peaks, time);
  }

  private static boolean within(List<Span> spans, long time) {
    return spans.stream().anyMatch(span -> time >= span.from() && time < span.to());
  }
}
