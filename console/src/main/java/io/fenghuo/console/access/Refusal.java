package io.fenghuo.console.access;

import java.util.Locale;

/** Why somebody could not sign in at the provider; the sign-in page has words for each reason. */
final class Refusal extends Exception {

  private static final long serialVersionUID = 1L;

  enum Reason {
    /** The provider does not answer, or not as one does. */
    PROVIDER_AWAY,
    /** What came back was not begun in this browser, or came back before. */
    STATE_MISMATCH,
    /** It took too long. */
    EXPIRED,
    /** The provider turned them away, or refused the console. */
    DECLINED,
    /** What the provider says of them is not signed for us, or not about this sign-in. */
    NOT_TRUSTED,
    NO_ROLE,
    /** An administrator switched the account off. */
    DISABLED,
    DATABASE_AWAY;

    /** As it stands in the page's address: {@code provider-away}. */
    String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private final Reason reason;

  /**
   * @param detail for the log: no secret, no token, nothing personal
   */
  Refusal(Reason reason, String detail) {
    super(detail, null, false, false);
    this.reason = reason;
  }

  Reason reason() {
    return reason;
  }
}
