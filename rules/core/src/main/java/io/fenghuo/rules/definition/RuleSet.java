package io.fenghuo.rules.definition;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All definitions in force together.
 *
 * @param features in order of name
 * @param rules in order of id, in the modes that are in force; rules that are off are among them
 * @param version digest of the texts it was read from
 * @param lines where each rule and feature stands: "file:line" by rule id or full feature name
 * @param files the texts, by path
 * @param approved the modes people approved, in order of rule; also those that are not applied
 */
public record RuleSet(
    List<Feature> features,
    List<Rule> rules,
    Policy policy,
    String version,
    Map<String, String> lines,
    Map<String, String> files,
    List<ApprovedMode> approved) {

  /** Digest of the files, by path and content, 12 hex digits. */
  static String digest(Map<String, String> files) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      new TreeMap<>(files)
          .forEach(
              (path, text) -> {
                digest.update((path + "\0" + text + "\0").getBytes(StandardCharsets.UTF_8));
              });
      return HexFormat.of().formatHex(digest.digest(), 0, 6);
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every Java has SHA-256", missing);
    }
  }

  /** Reads and checks the files of a rule set. */
  public static RuleSet read(Map<String, String> files) throws RuleErrors {
    return new RuleSetReader(files).read();
  }

  /**
   * True for the files of a folder named {@code figures}: they are no rules, and editing one does
   * not make decisions those of another rule set.
   */
  public static boolean isOfFigures(String path) {
    return path.startsWith("figures/") || path.contains("/figures/");
  }
}
