package io.fenghuo.alerting.channel;

import io.fenghuo.alerting.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA256 in the spellings providers want. */
public final class Signature {

  private Signature() {}

  public static byte[] hmac(Secret key, String text) {
    return hmac(key.reveal().getBytes(StandardCharsets.UTF_8), text);
  }

  /** With a key of any bytes, also none. */
  static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      // The JDK refuses an empty key; a key is padded with zeros anyway.
      mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  /** Eight digits that tell one secret from another, and not what it is. */
  static String mark(Secret secret) {
    return hex(secret, "").substring(0, 8);
  }

  public static String hex(Secret key, String text) {
    return HexFormat.of().formatHex(hmac(key, text));
  }

  public static String base64(Secret key, String text) {
    return Base64.getEncoder().encodeToString(hmac(key, text));
  }
}
