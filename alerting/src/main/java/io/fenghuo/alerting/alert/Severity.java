package io.fenghuo.alerting.alert;

import java.util.Locale;

/** How bad, worst first. */
public enum Severity {
  CRITICAL("严重"),
  WARNING("警告"),
  NOTICE("提示");

  private final String chinese;

  Severity(String chinese) {
    this.chinese = chinese;
  }

  public String chinese() {
    return chinese;
  }

  /** What a label says, in our words and in those people use with Prometheus; else a warning. */
  public static Severity of(String label) {
    return switch (label.toLowerCase(Locale.ROOT)) {
      case "critical", "page", "p0", "p1", "emergency", "disaster", "fatal", "error" -> CRITICAL;
      case "notice", "info", "none", "p4", "p5", "debug" -> NOTICE;
      default -> WARNING;
    };
  }

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
