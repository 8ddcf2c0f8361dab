package io.fenghuo.console.access;

import io.fenghuo.alerting.Secret;
import io.fenghuo.console.http.Role;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Sign-in at an OpenID provider, as whoever runs the console sets it.
 *
 * @param issuer as the provider calls itself, to the letter
 * @param clientSecret empty for a client that has none; PKCE is used in any case
 * @param title what the button on the sign-in page says
 * @param scope what is asked for, with {@code openid} in it
 * @param rolesClaim claim of the ID token that lists what somebody is, a path where it has dots:
 *     {@code groups}, {@code realm_access.roles}
 * @param roles which roles each of that claim's values gives
 * @param otherwise the roles of whom none of those values fits; empty to turn them away
 * @param address of the console as browsers reach it, {@code https://console.shop.example}; empty
 *     for the one it listens on
 */
public record OpenIdSettings(
    String issuer,
    String clientId,
    Optional<Secret> clientSecret,
    String title,
    String scope,
    String rolesClaim,
    Map<String, Set<Role>> roles,
    Set<Role> otherwise,
    Optional<String> address) {

  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

  public OpenIdSettings {
    roles = Map.copyOf(roles);
    otherwise = Set.copyOf(otherwise);
    require(!clientId.isBlank(), "client id", clientId, "the one the provider gave");
    require(isProtected(issuer), "issuer", issuer, "https://…; http only on this machine");
    require(
        Arrays.asList(scope.split(" ")).contains("openid"), "scope", scope, "openid among others");
    if (address.isPresent()) {
      require(
          isProtected(address.get()) && !address.get().endsWith("/"),
          "address of the console",
          address.get(),
          "https://HOST without a path; http only on this machine");
    }
    require(
        !roles.isEmpty() || !otherwise.isEmpty(),
        "roles",
        "none",
        "at least one VALUE=ROLE, or a default role: else nobody could sign in");
  }

  private static void require(boolean right, String key, String value, String expected) {
    if (!right) {
      throw new IllegalArgumentException(
          "OpenID " + key + ": " + value + " (expected: " + expected + ")");
    }
  }

  /** True for an address nobody on the way can listen to: TLS, or this machine. */
  static boolean isProtected(String text) {
    try {
      URI uri = new URI(text);
      String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
      return uri.getHost() != null
          && uri.getUserInfo() == null
          && uri.getFragment() == null
          && (scheme.equals("https") || scheme.equals("http") && LOOPBACK.contains(uri.getHost()));
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /**
   * Reads {@code risk-team=reviewer,approver}.
   *
   * @throws IllegalArgumentException that names what is wrong
   */
  public static Map<String, Set<Role>> rolesOf(List<String> texts) {
    Map<String, Set<Role>> roles = new LinkedHashMap<>();
    for (String text : texts) {
      int equals = text.lastIndexOf('=');
      require(equals > 0, "roles", text, "VALUE=ROLE,…");
      roles
          .computeIfAbsent(text.substring(0, equals), any -> EnumSet.noneOf(Role.class))
          .addAll(roles(text.substring(equals + 1)));
    }
    return roles;
  }

  /**
   * Reads {@code viewer,on-call}; nothing for "".
   *
   * @throws IllegalArgumentException that names what is wrong
   */
  public static Set<Role> roles(String text) {
    EnumSet<Role> roles = EnumSet.noneOf(Role.class);
    for (String label : text.split(",")) {
      if (!label.isBlank()) {
        Optional<Role> role = Role.of(label.strip());
        require(
            role.isPresent(),
            "role",
            label,
            "one of " + Arrays.stream(Role.values()).map(Role::label).toList());
        roles.add(role.get());
      }
    }
    return roles;
  }

  /** What somebody of these groups may do. */
  Set<Role> rolesIn(Set<String> groups) {
    EnumSet<Role> found = EnumSet.noneOf(Role.class);
    groups.forEach(group -> found.addAll(roles.getOrDefault(group, Set.of())));
    return found.isEmpty() ? otherwise : found;
  }
}
