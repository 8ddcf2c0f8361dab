package io.fenghuo.console.http;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What an account may do beyond looking. */
public enum Role {
  VIEWER,
  REVIEWER,
  ON_CALL,
  RULE_AUTHOR,
  APPROVER,
  ADMIN;

  /** As it is written in JSON and in the database: {@code rule-author}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public static Optional<Role> of(String label) {
    return Arrays.stream(values()).filter(role -> role.label().equals(label)).findFirst();
  }
}
