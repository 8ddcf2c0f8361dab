package io.fenghuo.alerting.channel;

/** Why a request failed; the label is Alertmanager's where it has one. */
public enum Reason {
  CLIENT_ERROR("clientError"),
  SERVER_ERROR("serverError"),
  AUTH_ERROR("authError"),
  RATE_LIMITED("rateLimited"),
  TIMEOUT("contextDeadlineExceeded"),
  NETWORK("network"),
  REFUSED_ADDRESS("refusedAddress"),
  DEADLINE("deadline"),
  OTHER("other");

  private final String label;

  Reason(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }
}
