package io.fenghuo.console.http;

import java.util.Set;

/**
 * Whoever calls.
 *
 * @param csrf what their changing requests must carry; empty for a token, which no page can send
 * @param way how we know
 */
public record User(String name, Set<Role> roles, boolean mustChangePassword, String csrf, Way way) {

  /** How we know who it is. */
  public enum Way {
    /** By a password of ours. */
    SESSION,
    /** A session, too, of somebody an OpenID provider vouches for. */
    OPENID,
    TOKEN,
    /** Authentication is switched off. */
    NOBODY_ASKED
  }

  public User {
    roles = Set.copyOf(roles);
  }

  public boolean has(Role role) {
    return roles.contains(role) || roles.contains(Role.ADMIN);
  }
}
