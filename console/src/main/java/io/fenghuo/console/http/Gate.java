package io.fenghuo.console.http;

import io.fenghuo.alerting.Secret;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The one place that says who calls and whether they may. */
public final class Gate {

  public static final String COOKIE = "fenghuo_session";
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

  private final boolean authentication;
  private final Optional<Secret> token;
  private final Function<String, Optional<User>> sessions;
  private final User everybody;

  /**
   * @param authentication false lets everybody do everything; for the loopback address only
   * @param token what the shop's programs bring, or empty when they may not call
   * @param sessions finds who holds a session's token
   * @param csrf for everybody, when there is no authentication
   */
  public Gate(
      boolean authentication,
      Optional<Secret> token,
      Function<String, Optional<User>> sessions,
      String csrf) {
    this.authentication = authentication;
    this.token = token;
    this.sessions = sessions;
    this.everybody =
        new User("demo", EnumSet.allOf(Role.class), false, csrf, User.Way.NOBODY_ASKED);
  }

  public boolean authentication() {
    return authentication;
  }

  /**
   * Lets a request through.
   *
   * @return who calls, or null for a stranger where anybody may
   * @throws Problem when they may not
   */
  User admit(Context context, Route route) {
    checkHost(context);
    if (route.changes()) {
      checkOrigin(context);
    }
    Optional<User> user = user(context);
    if (route.need() == Need.ANYBODY) {
      return user.orElse(null);
    }
    if (user.isEmpty()) {
      throw new Problem(401, "not_signed_in", "请先登录", "Please sign in");
    }
    if (!route.need().isMetBy(user.get())) {
      throw new Problem(
          403, "forbidden", "当前账号没有此权限", "This needs another role: " + route.need().label());
    }
    if (user.get().mustChangePassword() && route.need() != Need.SIGNED_IN) {
      throw new Problem(
          403, "must_change_password", "请先修改初始密码", "Change the one-time password first");
    }
    if (route.changes() && user.get().way() != User.Way.TOKEN) {
      checkCsrf(context, user.get());
    }
    return user.get();
  }

  /** Without accounts, a foreign name that resolves to this machine must not be let in. */
  private void checkHost(Context context) {
    String host = context.header("Host");
    if (!authentication
        && (host == null || !LOOPBACK.contains(host.replaceFirst(":\\d{1,5}$", "")))) {
      throw new Problem(
          403, "other_host", "未开启登录时只接受本机访问", "Without sign-in only this machine is answered");
    }
  }

  private static void checkOrigin(Context context) {
    String origin = context.header("Origin");
    if (origin != null && !origin.endsWith("://" + context.header("Host"))) {
      throw new Problem(403, "other_site", "不接受其他网站发起的请求", "Other sites are not answered");
    }
  }

  private Optional<User> user(Context context) {
    String authorization = context.header("Authorization");
    if (authorization != null && token.isPresent()) {
      boolean same = same("Bearer " + token.get().reveal(), authorization);
      return same
          ? Optional.of(new User("shop", Set.of(), false, "", User.Way.TOKEN))
          : Optional.empty();
    }
    if (!authentication) {
      return Optional.of(everybody);
    }
    String cookie = context.cookie(COOKIE);
    return cookie == null || cookie.isEmpty() ? Optional.empty() : sessions.apply(cookie);
  }

  private static void checkCsrf(Context context, User user) {
    String sent = context.header("X-CSRF-Token");
    if (sent == null || !same(user.csrf(), sent)) {
      throw new Problem(
          403,
          "csrf",
          "页面已过期，请刷新后重试",
          "The header X-CSRF-Token is missing or old: reload the page");
    }
  }

  private static boolean same(String expected, String sent) {
    return MessageDigest.isEqual(
        expected.getBytes(StandardCharsets.UTF_8), sent.getBytes(StandardCharsets.UTF_8));
  }
}
