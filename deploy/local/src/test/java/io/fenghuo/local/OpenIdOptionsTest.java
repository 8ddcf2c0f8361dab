package io.fenghuo.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fenghuo.console.access.OpenIdSettings;
import io.fenghuo.console.http.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Sign-in at a provider, as it is set on the command line. */
class OpenIdOptionsTest {

  private static final String ISSUER = "--oidc-issuer=https://sso.shop.example/realms/x";

  @TempDir Path temporary;

  @Command(name = "any")
  private static final class Any {
    @Mixin private OpenIdOptions openId;
  }

  private static Optional<OpenIdSettings> settings(
      Map<String, String> environment, String... args) {
    Any any = new Any();
    new CommandLine(any).parseArgs(args);
    return any.openId.settings(environment);
  }

  @Test
  void everyOptionReachesTheConsole() throws Exception {
    assertThat(settings(Map.of())).isEmpty();
    Path secret = Files.writeString(temporary.resolve("secret"), "from the file\n");
    OpenIdSettings settings =
        settings(
                Map.of(OpenIdOptions.SECRET, "from the environment"),
                ISSUER,
                "--oidc-client-id=fenghuo",
                "--oidc-secret-file=" + secret,
                "--oidc-title=公司账号",
                "--oidc-scope=openid groups",
                "--oidc-claim=realm_access.roles",
                "--oidc-roles=risk=reviewer,viewer",
                "--oidc-roles=ops=on-call",
                "--oidc-default-role=viewer",
                "--console-url=https://console.shop.example")
            .orElseThrow();
    assertThat(settings.clientSecret().orElseThrow().reveal()).isEqualTo("from the file");
    assertThat(settings.roles())
        .isEqualTo(Map.of("risk", Set.of(Role.REVIEWER, Role.VIEWER), "ops", Set.of(Role.ON_CALL)));
    assertThat(settings.toString())
        .contains("fenghuo", "公司账号", "openid groups", "realm_access.roles")
        .contains("otherwise=[VIEWER]", "console.shop.example")
        .doesNotContain("from the file");

    OpenIdSettings least =
        settings(
                Map.of(OpenIdOptions.SECRET, "from the environment"),
                ISSUER,
                "--oidc-client-id=fenghuo",
                "--oidc-roles=risk=reviewer")
            .orElseThrow();
    assertThat(least.clientSecret().orElseThrow().reveal()).isEqualTo("from the environment");
    assertThat(least.title()).isEqualTo("sso.shop.example");
    assertThat(least.rolesClaim()).isEqualTo("groups");
    assertThat(least.address()).isEmpty();
  }

  @Test
  void whatIsMissingOrMisspeltIsSaid() {
    assertThatThrownBy(() -> settings(Map.of(), ISSUER, "--oidc-roles=risk=reviewer"))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("client id");
    assertThatThrownBy(() -> settings(Map.of(), "--oidc-client-id=fenghuo"))
        .hasMessageContaining("--oidc-issuer is missing");
    assertThatThrownBy(
            () -> settings(Map.of(), ISSUER, "--oidc-client-id=f", "--oidc-roles=risk=boss"))
        .hasMessageContaining("OpenID role: boss (expected: one of");
    assertThatThrownBy(
            () ->
                settings(
                    Map.of(),
                    "--oidc-issuer=http://sso.shop.example",
                    "--oidc-client-id=f",
                    "--oidc-roles=risk=viewer"))
        .hasMessageContaining("OpenID issuer");
    assertThatThrownBy(
            () ->
                settings(
                    Map.of(),
                    ISSUER,
                    "--oidc-client-id=f",
                    "--oidc-default-role=viewer",
                    "--oidc-secret-file=" + temporary.resolve("none")))
        .hasMessageContaining("Cannot read");
  }
}
