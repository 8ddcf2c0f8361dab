package io.fenghuo.schemas;

/**
 * Bytes that are not an event. Says why in a word, which is a metric's label, and in a sentence.
 *
 * <p>Carries no stack trace: it is the expected answer to bad input, and a flood of bad input must
 * not cost more than good input.
 */
public final class UndecodableException extends Exception {
  /** The bytes are not what the schema says. */
  public static final String MALFORMED = "malformed";

  /** The bytes name a schema that is not known, or one that cannot be read as ours. */
  public static final String UNKNOWN_SCHEMA = "unknown_schema";

  /** More bytes than a record may have. */
  public static final String TOO_LARGE = "too_large";

  private static final long serialVersionUID = 1L;

  private final String reason;
  private final String detail;

  UndecodableException(String reason, String detail, Throwable cause) {
    super(reason + ": " + detail, cause, true, false);
    this.reason = reason;
    this.detail = detail;
  }

  UndecodableException(String reason, String detail) {
    this(reason, detail, null);
  }

  /** One of {@link #MALFORMED}, {@link #UNKNOWN_SCHEMA} and {@link #TOO_LARGE}. */
  public String reason() {
    return reason;
  }

  /** What exactly: the value and what was expected. */
  public String detail() {
    return detail;
  }
}
