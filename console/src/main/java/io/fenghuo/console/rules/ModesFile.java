package io.fenghuo.console.rules;

import io.fenghuo.alerting.Json;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Approved modes as a file that stands among the rule files, for whoever starts the jobs. The same
 * modes give the same bytes.
 */
public final class ModesFile {

  public static final String NAME = "modes.yaml";

  private static final String HEAD =
      """
      # 经他人批准的规则状态，优先于规则文件中的 mode。由控制台写入，请在 /rules 页面修改。
      # Modes that people approved; they go before those in the rule files. Written by the console: change them on /rules.
      """;

  private ModesFile() {}

  /**
   * @param modes at most one of each rule
   */
  public static String of(List<ModeRequest> modes) {
    if (modes.isEmpty()) {
      return HEAD + "modes: {}\n";
    }
    StringBuilder yaml = new StringBuilder(HEAD).append("modes:\n");
    modes.stream()
        .sorted(Comparator.comparing(ModeRequest::rule))
        .forEach(
            one ->
                yaml.append("  ")
                    .append(quoted(one.rule()))
                    .append(":\n    mode: ")
                    .append(quoted(one.mode().toLowerCase(Locale.ROOT)))
                    .append("\n    version: ")
                    .append(one.ruleVersion())
                    .append("\n    asked_by: ")
                    .append(quoted(one.askedBy()))
                    .append("\n    approved_by: ")
                    .append(quoted(one.decidedBy()))
                    .append("\n    approved_at: ")
                    .append(quoted(one.decidedAt().toString()))
                    .append('\n'));
    return yaml.toString();
  }

  /** A JSON string is a YAML string, whatever is in it. */
  private static String quoted(String text) {
    return Json.write(text);
  }
}
