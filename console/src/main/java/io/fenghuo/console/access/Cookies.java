package io.fenghuo.console.access;

import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.SameSite;

/** Cookies that no script reads and no other site's request carries. */
final class Cookies {

  private Cookies() {}

  /**
   * @param seconds until the browser forgets it; 0 for at once
   */
  static void set(Context context, String name, String value, String path, int seconds) {
    boolean secure =
        context.scheme().equals("https") || "https".equals(context.header("X-Forwarded-Proto"));
    context.cookie(new Cookie(name, value, path, seconds, secure, true, null, SameSite.LAX));
  }
}
