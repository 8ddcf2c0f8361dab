package io.fenghuo.console.access;

import com.password4j.Argon2Function;
import com.password4j.Password;
import com.password4j.types.Argon2;
import io.fenghuo.alerting.Secret;
import java.security.SecureRandom;
import java.util.concurrent.Semaphore;

/**
 * Passwords as they are kept: Argon2id with 19 MiB and two passes, OWASP's first choice. Each
 * calculation takes memory and some ten milliseconds, so only two go on at a time.
 *
 * @see <a
 *     href="https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html">OWASP:
 *     Password Storage</a>
 */
final class Passwords {

  private static final Argon2Function ARGON2 =
      Argon2Function.getInstance(19 * 1024, 2, 1, 32, Argon2.ID);

  private static final int SALT_BYTES = 16;

  /** Without what is easily mistaken for another: 0 O 1 l I. */
  private static final String LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

  private static final int ONE_TIME_LENGTH = 16;

  private final SecureRandom random = new SecureRandom();
  private final Semaphore turns = new Semaphore(2);

  /** For names nobody has, so that a wrong name takes as long as a wrong password. */
  private volatile String nobodys;

  String hash(Secret password) {
    turns.acquireUninterruptibly();
    try {
      return Password.hash(password.reveal()).addRandomSalt(SALT_BYTES).with(ARGON2).getResult();
    } finally {
      turns.release();
    }
  }

  /**
   * @param kept what {@link #hash} gave, or null when the account has none
   */
  boolean isRight(Secret password, String kept) {
    String hash = kept == null ? nobodys() : kept;
    turns.acquireUninterruptibly();
    try {
      boolean right =
          Password.check(password.reveal(), hash).with(Argon2Function.getInstanceFromHash(hash));
      return right && kept != null;
    } finally {
      turns.release();
    }
  }

  private String nobodys() {
    if (nobodys == null) {
      nobodys = hash(oneTime());
    }
    return nobodys;
  }

  /** A password nobody chose: about 93 bits. */
  Secret oneTime() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < ONE_TIME_LENGTH; i++) {
      text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return new Secret(text.toString());
  }
}
