package io.fenghuo.rules.definition;

import io.fenghuo.schemas.RuleMode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A mode that one person asked for and another approved. It goes before the mode in the rule's
 * file, as long as the file has the version it was approved for.
 *
 * @param rule the rule's id
 * @param version of the rule that was looked at
 * @param inFile the rule as its file has it; empty when there is no such rule
 */
public record ApprovedMode(
    String rule,
    RuleMode mode,
    int version,
    String askedBy,
    String approvedBy,
    Instant approvedAt,
    Optional<Rule> inFile) {

  /** What approved modes are called among the files of a rule set. */
  public static final String FILE = "modes.yaml";

  /** Why it is not applied; empty when it is. */
  public Optional<String> ignoredBecause() {
    if (inFile.isEmpty()) {
      return Optional.of("there is no such rule any more");
    }
    int now = inFile.get().version();
    return now == version
        ? Optional.empty()
        : Optional.of(
            "it was approved for version " + version + ", and the rule has version " + now);
  }

  static List<ApprovedMode> read(Section file) {
    List<ApprovedMode> modes = new ArrayList<>();
    file.section("modes", true)
        .ifPresent(
            section -> {
              for (String rule : section.keys()) {
                section.section(rule, true).ifPresent(one -> modes.add(read(rule, one)));
              }
            });
    file.refuseOthers();
    return modes;
  }

  private static ApprovedMode read(String rule, Section section) {
    RuleMode mode = section.choice("mode", true, RuleMode.OFF, RuleMode.class);
    int version = section.number("version", 1, 1, 999_999);
    String askedBy = section.text("asked_by", true).orElse("-");
    String approvedBy = section.text("approved_by", true).orElse("-");
    Instant approvedAt = section.parsed("approved_at", true, Instant.EPOCH, ApprovedMode::time);
    section.refuseOthers();
    if (askedBy.equals(approvedBy) && !askedBy.equals("-")) {
      section.error("approved_by", approvedBy + " (expected: somebody else than who asked)");
    }
    return new ApprovedMode(rule, mode, version, askedBy, approvedBy, approvedAt, Optional.empty());
  }

  private static Instant time(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException wrong) {
      throw new IllegalArgumentException(text + " (expected: a time, as 2026-11-11T12:00:00Z)");
    }
  }

  ApprovedMode of(Optional<Rule> rule) {
    return new ApprovedMode(this.rule, mode, version, askedBy, approvedBy, approvedAt, rule);
  }
}
