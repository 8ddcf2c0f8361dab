package io.fenghuo.local;

import io.fenghuo.alerting.Postgres;
import io.fenghuo.alerting.Secret;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that name a PostgreSQL of one's own. */
final class DatabaseOptions {

  private static final String JDBC = "jdbc:";
  private static final String URL = "--database-url";
  private static final String PASSWORD_FILE = "--database-password-file";
  private static final String PASSWORD_VARIABLE = "FENGHUO_DATABASE_PASSWORD";

  @Option(
      names = URL,
      paramLabel = "URL",
      description =
          "A PostgreSQL of your own for alerting and the console, as"
              + " postgresql://db.example:5432/fenghuo (default: one in the data folder).")
  private String url;

  @Option(
      names = "--database-user",
      paramLabel = "NAME",
      defaultValue = "fenghuo",
      description = "Who signs in there (default: ${DEFAULT-VALUE}).")
  private String user;

  @Option(
      names = PASSWORD_FILE,
      paramLabel = "FILE",
      description =
          "File with the password (default: the environment's " + PASSWORD_VARIABLE + ").")
  private Path passwordFile;

  /** Where to sign in, or empty for the database in the data folder. */
  Optional<Postgres.Login> login(Map<String, String> environment) {
    if (url == null) {
      if (passwordFile != null) {
        throw CommandFailure.usage(PASSWORD_FILE + " without " + URL);
      }
      return Optional.empty();
    }
    String jdbc = url.startsWith(JDBC) ? url : JDBC + url;
    // What is wrong is not shown: it may be a password.
    if (!jdbc.startsWith("jdbc:postgresql://")) {
      throw CommandFailure.usage(URL + ": expected postgresql://HOST:PORT/DATABASE");
    }
    if (jdbc.contains("@") || jdbc.contains("password=")) {
      throw CommandFailure.usage(
          URL
              + ": names a user or a password (expected: --database-user and "
              + PASSWORD_FILE
              + ")");
    }
    Secret password =
        GivenSecret.read(PASSWORD_FILE, passwordFile, PASSWORD_VARIABLE, environment)
            .orElse(new Secret(""));
    return Optional.of(new Postgres.Login(jdbc, user, password));
  }
}
