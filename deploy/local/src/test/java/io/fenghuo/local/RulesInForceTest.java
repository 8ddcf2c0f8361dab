package io.fenghuo.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.fenghuo.console.rules.ModeRequest;
import io.fenghuo.console.rules.ModesFile;
import io.fenghuo.rules.definition.ApprovedMode;
import io.fenghuo.rules.definition.Rule;
import io.fenghuo.rules.definition.RuleSet;
import io.fenghuo.schemas.RuleMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RulesInForceTest {

  private static final Instant NOW = Instant.parse("2026-11-11T12:00:00Z");

  /** What two people agreed on at the end: with it the rules cannot be used. */
  private static final ModeRequest WRONG = mode("order/wrong", "LIVE", 1, "lin", "wang");

  private static final ModeRequest LARGE = mode("order/large", "LIVE", 2, "lin", "wang");

  @TempDir Path folder;

  private final List<String> said = new ArrayList<>();

  static Map<String, String> files() {
    return Map.of(
        "order/large.yaml",
        """
        title: { zh: 大额订单, en: Large order }
        when: OrderEvent(type = OrderType.CREATED and amount >= 3000000)
        outcome: REVIEW
        mode: shadow
        version: 2
        """,
        "order/wrong.yaml",
        """
        title: { zh: 写错了, en: Written wrongly }
        when: OrderEvent(type = OrderType.CREATED and userId > 5)
        outcome: REVIEW
        mode: off
        """);
  }

  private static ModeRequest mode(
      String rule, String mode, int version, String askedBy, String approvedBy) {
    return new ModeRequest(
        1,
        rule,
        mode,
        version,
        "",
        askedBy,
        NOW,
        ModeRequest.State.APPROVED,
        approvedBy,
        NOW,
        null,
        null,
        null,
        null);
  }

  private RulesInForce rules() {
    return new RulesInForce(files(), folder.resolve("modes.yaml"), files -> null, said::add);
  }

  @Test
  void whatTheConsoleWritesTheRulesRead() throws Exception {
    String odd = "o'\"\\\n: #烽 {}";
    Map<String, String> all = new HashMap<>(files());
    all.put(
        ApprovedMode.FILE,
        ModesFile.of(
            List.of(mode("order/large", "OFF", 2, odd, "王"), mode("a/b", "LIVE", 1, "x", odd))));
    RuleSet rules = RuleSet.read(all);
    assertThat(rules.approved())
        .extracting(ApprovedMode::rule, ApprovedMode::askedBy, ApprovedMode::approvedBy)
        .containsExactly(tuple("a/b", "x", odd), tuple("order/large", odd, "王"));
    assertThat(rules.approved()).extracting(ApprovedMode::approvedAt).containsOnly(NOW);
    assertThat(rules.rules()).extracting(Rule::mode).containsExactly(RuleMode.OFF, RuleMode.OFF);
  }

  @Test
  void aStartAppliesWhatIsInForceAndWhatWasOnItsWayAndWritesTheFile() throws Exception {
    RulesInForce rules = rules();
    rules.begin("plain", List.of(), List.of(LARGE));
    assertThat(Files.readString(folder.resolve("modes.yaml"))).contains("\"order/large\"");
    assertThat(rules.version()).matches("[0-9a-f]{12}");

    CommandRun listed = list();
    assertThat(listed.out())
        .containsPattern("order/large +live ")
        .contains("live asked for by lin and approved by wang at 2026-11-11T12:00:00Z")
        .contains("its file says shadow");

    RulesInForce again = rules();
    again.begin("plain", List.of(LARGE), List.of());
    assertThat(again.version()).isEqualTo(rules.version());
    again.begin("plain", List.of(), List.of());
    assertThat(again.version()).isEqualTo("plain");
    assertThat(folder.resolve("modes.yaml")).doesNotExist();
  }

  private CommandRun list() throws Exception {
    Path rules = folder.resolve("rules");
    for (Map.Entry<String, String> file : files().entrySet()) {
      Files.createDirectories(rules.resolve(file.getKey()).getParent());
      Files.writeString(rules.resolve(file.getKey()), file.getValue());
    }
    return CommandRun.of(
        "rules", "list", rules.toString(), "--modes", folder.resolve("modes.yaml").toString());
  }

  @Test
  void aModeThatTheRulesCannotBeUsedWithLeavesThoseInForce() throws Exception {
    RulesInForce rules = rules();
    rules.begin("plain", List.of(LARGE), List.of(WRONG));
    assertThat(Files.readString(folder.resolve("modes.yaml")))
        .contains("order/large")
        .doesNotContain("order/wrong");
    assertThat(rules.job()).isNotNull();
  }

  @Test
  void theListNamesApprovedModesThatAreNotApplied() throws Exception {
    RulesInForce rules = rules();
    rules.begin(
        "plain",
        List.of(
            mode("order/large", "OFF", 1, "lin", "wang"), mode("order/gone", "OFF", 1, "a", "b")),
        List.of());
    assertThat(list().out())
        .containsPattern("order/large +shadow ")
        .contains("it was approved for version 1, and the rule has version 2")
        .contains("order/gone\n    not applied: off asked for by a and approved by b")
        .contains("there is no such rule any more");
  }
}
