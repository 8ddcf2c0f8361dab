package io.fenghuo.console.access;

import io.fenghuo.console.ConsoleDatabase;
import io.fenghuo.console.access.Refusal.Reason;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Sign-ins that are on their way through the provider. Each can be finished once, by the browser
 * that began it, whichever console it comes back to.
 */
final class OpenIdAttempts {

  /** Whoever reads mail before they type their password has time enough. */
  static final Duration LASTS = Duration.ofMinutes(10);

  /** More are a flood: whoever begins then is told to come back. */
  private static final int MOST = 10_000;

  /** What the provider and the token must bring back, and what proves that it was us who asked. */
  record Attempt(String nonce, String verifier, String next) {}

  private record Kept(byte[] browser, Instant expires, Attempt attempt) {}

  private final ConsoleDatabase database;
  private final InstantSource clock;

  OpenIdAttempts(ConsoleDatabase database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /**
   * Remembers an attempt.
   *
   * @param state random, for the provider to hand back
   * @param browser random, for the browser's cookie only
   */
  void begin(String state, String browser, Attempt attempt) throws Refusal {
    Instant now = clock.instant();
    boolean kept =
        database.inTransaction(
            handle -> {
              handle
                  .createUpdate("delete from openid_attempt where expires_at < :now")
                  .bind("now", now)
                  .execute();
              return handle
                      .createUpdate(
                          "insert into openid_attempt (state_hash, browser_hash, nonce, verifier,"
                              + " next, expires_at) select :state, :browser, :nonce, :verifier,"
                              + " :next, :expires"
                              + " where (select count(*) from openid_attempt) < :most")
                      .bind("state", Sessions.hash(state))
                      .bind("browser", Sessions.hash(browser))
                      .bind("nonce", attempt.nonce())
                      .bind("verifier", attempt.verifier())
                      .bind("next", attempt.next())
                      .bind("expires", now.plus(LASTS))
                      .bind("most", MOST)
                      .execute()
                  > 0;
            });
    if (!kept) {
      throw new Refusal(Reason.PROVIDER_AWAY, MOST + " sign-ins are under way already");
    }
  }

  /** Takes an attempt, which is then over whatever comes of it. */
  Attempt take(String state, String browser) throws Refusal {
    Optional<Kept> kept =
        database.inTransaction(
            handle ->
                handle
                    .createQuery(
                        "delete from openid_attempt where state_hash = :state"
                            + " returning browser_hash, nonce, verifier, next, expires_at")
                    .bind("state", Sessions.hash(state))
                    .map(
                        (row, context) ->
                            new Kept(
                                row.getBytes("browser_hash"),
                                row.getTimestamp("expires_at").toInstant(),
                                new Attempt(
                                    row.getString("nonce"),
                                    row.getString("verifier"),
                                    row.getString("next"))))
                    .findOne());
    if (kept.isEmpty() || !MessageDigest.isEqual(kept.get().browser(), Sessions.hash(browser))) {
      throw new Refusal(Reason.STATE_MISMATCH, "unknown, used before, or of another browser");
    }
    if (!clock.instant().isBefore(kept.get().expires())) {
      throw new Refusal(Reason.EXPIRED, "came back after " + LASTS.toMinutes() + " minutes");
    }
    return kept.get().attempt();
  }
}
