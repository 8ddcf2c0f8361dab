package io.fenghuo.alerting.escalate;

import io.fenghuo.alerting.Database;
import io.fenghuo.alerting.Secret;
import io.fenghuo.alerting.channel.Signature;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;

/**
 * Signed links that end. Whoever has one may answer that one incident until then; it opens a page
 * that asks, since chat programs fetch links by themselves to show a preview.
 */
public final class Links {

  private static final String KEY = "link-key";

  private final Secret key;

  private Links(Secret key) {
    this.key = key;
  }

  /** With the database's own key, made when there is none yet; all instances have the same. */
  public static Links of(Database database) {
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    return database.inTransaction(
        handle -> {
          handle
              .createUpdate(
                  "insert into kept (name, value) values (:name, :value) on conflict do nothing")
              .bind("name", KEY)
              .bind("value", HexFormat.of().formatHex(random))
              .execute();
          return new Links(
              new Secret(
                  handle
                      .createQuery("select value from kept where name = :name")
                      .bind("name", KEY)
                      .mapTo(String.class)
                      .one()));
        });
  }

  /** The path and query of a link. */
  public String path(String incident, Instant until) {
    long seconds = until.getEpochSecond();
    return "/i/" + incident + "?until=" + seconds + "&sign=" + sign(incident, seconds);
  }

  /** Where a provider reports what became of messages; only whom it was given to can find it. */
  public String receipts(String provider) {
    return "/receipts/" + provider + "/" + sign(provider, 0);
  }

  public boolean isReceipts(String provider, String path) {
    return same(receipts(provider), path);
  }

  private static boolean same(String expected, String given) {
    return MessageDigest.isEqual(
        expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  }

  /** Why a link does not open, or empty. */
  public String complaint(String incident, String until, String sign, Instant now) {
    if (until == null || sign == null || !until.matches("\\d{1,12}")) {
      return "incomplete";
    }
    long seconds = Long.parseLong(until);
    if (!same(sign(incident, seconds), sign)) {
      return "wrong";
    }
    return now.getEpochSecond() > seconds ? "expired" : "";
  }

  private String sign(String incident, long until) {
    return Signature.hex(key, incident + "\n" + until).substring(0, 32);
  }
}
