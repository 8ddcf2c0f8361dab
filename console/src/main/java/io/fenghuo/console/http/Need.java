package io.fenghuo.console.http;

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
  /** The shop's own programs, by their token. */
  SHOP;

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
      case SHOP -> user.way() == User.Way.TOKEN || roles.contains(Role.ADMIN);
      default -> roles.contains(Role.ADMIN) || roles.contains(Role.valueOf(name()));
    };
  }
}
