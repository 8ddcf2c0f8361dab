package io.fenghuo.console.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fenghuo.alerting.Secret;
import io.fenghuo.console.http.Role;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What an operator can set wrong is said when the console starts. */
class OpenIdSettingsTest {

  private static OpenIdSettings settings(String issuer, String scope, String address) {
    return new OpenIdSettings(
        issuer,
        "fenghuo",
        Optional.of(new Secret("hush-hush")),
        "SSO",
        scope,
        "groups",
        Map.of("risk", Set.of(Role.REVIEWER)),
        Set.of(),
        Optional.ofNullable(address));
  }

  @Test
  void addressesAreProtectedOnTheWayOrOnThisMachine() {
    for (String good :
        List.of(
            "https://sso.shop.example/realms/x",
            "http://127.0.0.1:8080/realms/x",
            "http://localhost:9000",
            "http://[::1]:9000/")) {
      assertThat(settings(good, "openid", null).issuer()).isEqualTo(good);
    }
    for (String bad :
        List.of(
            "http://sso.shop.example",
            "http://127.0.0.1.shop.example",
            "ftp://sso.shop.example",
            "https://user:pass@sso.shop.example",
            "https:///realms",
            "sso.shop.example",
            "not an address",
            "")) {
      assertThatThrownBy(() -> settings(bad, "openid", null))
          .as(bad)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("OpenID issuer: " + bad + " (expected: https://");
    }
    assertThatThrownBy(() -> settings("https://a.example", "openid", "http://console.example"))
        .hasMessageContaining("address of the console");
    assertThatThrownBy(() -> settings("https://a.example", "profile", null))
        .hasMessageContaining("scope: profile (expected: openid among others)");
  }

  @Test
  void rolesComeFromGroupsAndAMisspeltRoleIsSaid() {
    assertThat(OpenIdSettings.rolesOf(List.of("cn=risk,ou=x=reviewer", "ops=on-call,viewer")))
        .isEqualTo(
            Map.of(
                "cn=risk,ou=x", Set.of(Role.REVIEWER), "ops", Set.of(Role.ON_CALL, Role.VIEWER)));
    assertThatThrownBy(() -> OpenIdSettings.rolesOf(List.of("risk=revewer")))
        .hasMessageContaining("OpenID role: revewer (expected: one of [viewer, reviewer,");
    assertThatThrownBy(() -> OpenIdSettings.rolesOf(List.of("risk")))
        .hasMessageContaining("VALUE=ROLE");
    assertThatThrownBy(
            () ->
                new OpenIdSettings(
                    "https://a.example",
                    "fenghuo",
                    Optional.empty(),
                    "SSO",
                    "openid",
                    "groups",
                    Map.of(),
                    Set.of(),
                    Optional.empty()))
        .hasMessageContaining("nobody could sign in");
  }

  @Test
  void theSecretIsNotPrinted() {
    assertThat(settings("https://a.example", "openid", null).toString())
        .contains("***")
        .doesNotContain("hush-hush");
  }
}
