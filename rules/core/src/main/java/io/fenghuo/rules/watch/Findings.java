package io.fenghuo.rules.watch;

import io.fenghuo.rules.figure.Reading;
import io.fenghuo.schemas.Alert;

/** Takes what watches find. */
public interface Findings {

  /**
   * An alert that begins, becomes more severe or ends. The same alert has the same id all its life;
   * the last one written counts.
   */
  void alert(Alert alert);

  /** A figure derived from others: what is left of a budget, a forecast. */
  void figure(Reading reading);
}
