package io.fenghuo.local;

import io.fenghuo.alerting.Secret;
import io.fenghuo.console.access.OpenIdSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options for signing in to the console at an OpenID provider. */
final class OpenIdOptions {

  /** Holds the client secret where no file does. */
  static final String SECRET = "FENGHUO_OIDC_SECRET";

  @Option(
      names = "--oidc-issuer",
      paramLabel = "URL",
      description = "OpenID provider people may sign in at, as it calls itself.")
  private String issuer;

  @Option(
      names = "--oidc-client-id",
      paramLabel = "ID",
      description =
          "The console as the provider knows it; its redirect address is CONSOLE"
              + "/api/v1/session/openid/callback.")
  private String clientId;

  @Option(
      names = "--oidc-secret-file",
      paramLabel = "FILE",
      description = "File with the client secret (default: environment variable " + SECRET + ").")
  private Path secretFile;

  @Option(
      names = "--oidc-title",
      paramLabel = "TEXT",
      description = "What the button on the sign-in page says (default: the issuer's host).")
  private String title;

  @Option(
      names = "--oidc-scope",
      paramLabel = "TEXT",
      defaultValue = "openid profile email",
      description = "What is asked for (default: ${DEFAULT-VALUE}).")
  private String scope;

  @Option(
      names = "--oidc-claim",
      paramLabel = "NAME",
      defaultValue = "groups",
      description =
          "Claim of the ID token that gives roles, such as realm_access.roles"
              + " (default: ${DEFAULT-VALUE}).")
  private String claim;

  @Option(
      names = "--oidc-roles",
      paramLabel = "VALUE=ROLE,…",
      description = "Roles that a value of the claim gives: risk-team=reviewer,viewer. Repeatable.")
  private List<String> roles = List.of();

  @Option(
      names = "--oidc-default-role",
      paramLabel = "ROLE,…",
      defaultValue = "",
      description = "Roles of everybody else (default: none, they are turned away).")
  private String otherwise;

  @Option(
      names = "--console-url",
      paramLabel = "URL",
      description =
          "The console as browsers reach it, https://console.shop.example"
              + " (default: where it listens).")
  private String console;

  /**
   * Where people sign in; empty when no issuer is named.
   *
   * @throws CommandFailure that names what is wrong
   */
  Optional<OpenIdSettings> settings(Map<String, String> environment) {
    if (issuer == null) {
      if (clientId != null || secretFile != null || !roles.isEmpty() || !otherwise.isEmpty()) {
        throw CommandFailure.usage("--oidc-issuer is missing beside other --oidc options");
      }
      return Optional.empty();
    }
    try {
      return Optional.of(
          new OpenIdSettings(
              issuer,
              clientId == null ? "" : clientId,
              secret(environment),
              title == null ? URI.create(issuer).getHost() : title,
              scope,
              claim,
              OpenIdSettings.rolesOf(roles),
              OpenIdSettings.roles(otherwise),
              Optional.ofNullable(console)));
    } catch (IllegalArgumentException wrong) {
      throw CommandFailure.usage(wrong.getMessage());
    }
  }

  private Optional<Secret> secret(Map<String, String> environment) {
    if (secretFile == null) {
      return Optional.ofNullable(environment.get(SECRET))
          .filter(text -> !text.isBlank())
          .map(Secret::new);
    }
    try {
      return Optional.of(new Secret(Files.readString(secretFile).strip()));
    } catch (IOException e) {
      throw new CommandFailure(
          "Cannot read " + secretFile + ": " + e.getMessage(),
          "Name a file with the client secret in it.",
          e);
    }
  }
}
