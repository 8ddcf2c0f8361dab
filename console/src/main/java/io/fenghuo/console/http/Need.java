package io.fenghuo.console.http;

import java.util.Locale;
import java.util.Set;

/** Who may call a route. An administrator may call every one. */
public enum Need {
  /** Whoever reaches the port: signing in, files, the description of the API. */
  ANYBODY,
  /** Whoever is signed in, also with a password that must be changed first. */
  SIGNED_IN,
  /** Every account: whoever has a role may look. */
  VIEWER,
  REVIEWER,
  ON_CALL,
  RULE_AUTHOR,
  APPROVER,
  ADMIN,
  /** Whoever decides cases: reviewers, and approvers what was escalated to them. */
  DESK,
  /** The shop's own programs, by their token. */
  SHOP;

  /** As a refusal names it. */
  String label() {
    return this == DESK
        ? "reviewer or approver"
        : name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  boolean isMetBy(User user) {
    if (this == ANYBODY) {
      return true;
    }
    if (user == null) {
      return false;
    }
    Set<Role> roles = user.roles();
    return switch (this) {
      case ANYBODY, SIGNED_IN -> true;
      case VIEWER -> !roles.isEmpty();
      case DESK ->
          roles.contains(Role.ADMIN)
              || roles.contains(Role.REVIEWER)
              || roles.contains(Role.APPROVER);
      case SHOP -> user.way() == User.Way.TOKEN || roles.contains(Role.ADMIN);
      default -> roles.contains(Role.ADMIN) || roles.contains(Role.valueOf(name()));
    };
  }
}
