package io.fenghuo.alerting.channel;

import io.fenghuo.alerting.Secret;
import java.time.Duration;
import java.util.List;

/** What came of one request, and what to do next. */
public sealed interface Answer {

  /** What the provider said, without secrets; short enough to be kept. */
  String text();

  /**
   * The provider has it.
   *
   * @param providerId its name for it, or empty
   */
  record Sent(String providerId, String text) implements Answer {}

  /**
   * Not now; perhaps later.
   *
   * @param after not before this has passed, or zero when the provider did not say
   * @param mayHaveBeenSent the request went out and the answer did not come back
   */
  record Later(Reason reason, Duration after, boolean mayHaveBeenSent, String text)
      implements Answer {}

  /** Not this way: the same request would fail again. */
  record Never(Reason reason, String text) implements Answer {}

  /** The same without secrets, for providers that repeat what they were sent. */
  default Answer hiding(List<Secret> secrets) {
    String clean = text();
    for (Secret secret : secrets) {
      clean = secret.hideIn(clean);
    }
    if (this instanceof Sent sent) {
      return new Sent(sent.providerId(), clean);
    }
    if (this instanceof Later later) {
      return new Later(later.reason(), later.after(), later.mayHaveBeenSent(), clean);
    }
    return new Never(((Never) this).reason(), clean);
  }
}
