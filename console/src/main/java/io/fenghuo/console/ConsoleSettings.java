package io.fenghuo.console;

import io.fenghuo.alerting.Secret;
import io.fenghuo.console.access.OpenIdSettings;
import io.fenghuo.console.read.Retention;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * What a console needs to know.
 *
 * @param host address it listens on
 * @param port 0 for any that is free
 * @param authentication false lets everybody do everything; on a loopback address only
 * @param shopToken what the shop's programs bring to ask for decisions, or empty
 * @param openId where people sign in beside accounts with a password, or empty
 * @param zone of the shop
 * @param promise within which a case should be decided
 * @param mostWaiting so many requests wait for a decision at once; who comes then gets the fallback
 */
public record ConsoleSettings(
    String host,
    int port,
    boolean authentication,
    Optional<Secret> shopToken,
    Optional<OpenIdSettings> openId,
    ZoneId zone,
    String version,
    Retention retention,
    Duration promise,
    int mostWaiting,
    List<FigureInfo> figures,
    List<RuleInfo> rules,
    List<WatchInfo> watches) {

  public ConsoleSettings {
    figures = List.copyOf(figures);
    rules = List.copyOf(rules);
    watches = List.copyOf(watches);
  }
}
