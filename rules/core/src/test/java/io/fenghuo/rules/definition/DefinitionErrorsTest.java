package io.fenghuo.rules.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wrong is said with file, line, the value at fault and what was expected. */
class DefinitionErrorsTest {
  private static final String FEATURES =
      """
      features:
        user.orders_10m: { of: OrderEvent, aggregate: count, window: 10 minutes }
      """;
  private static final String TITLE = "title: { zh: T, en: T }\n";
  private static final String WHEN = TITLE + "when: OrderEvent(amount > 1)\n";

  private static Arguments rule(String what, String text, String... said) {
    return Arguments.of(what, Map.of("order/x.yaml", text), said);
  }

  private static Arguments feature(String what, String line, String... said) {
    return Arguments.of(what, Map.of("features.yaml", FEATURES + "  " + line), said);
  }

  private static Arguments modes(String what, String mode, String... said) {
    return Arguments.of(
        what, Map.of("modes.yaml", "modes:\n  order/x: { mode: " + mode + " }"), said);
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        rule(
            "a misspelt field",
            TITLE + "when: OrderEvent(ammount > 1)",
            "order/x.yaml:2: when: ammount: OrderEvent has no such property (did you mean amount?)"),
        rule(
            "a misspelt feature",
            TITLE + "when: OrderEvent(user.order_10m > 1)",
            "order/x.yaml:2: when: user.order_10m: no such feature or sequence"
                + " (did you mean user.orders_10m?)"),
        rule(
            "a misspelt constant",
            TITLE + "when: OrderEvent(type = OrderType.CREATE)",
            "order/x.yaml:2: when: OrderType.CREATE: no such constant (did you mean CREATED?)"),
        rule(
            "a misspelt enum",
            TITLE + "when: OrderEvent(type = OrderTyp.CREATED)",
            "order/x.yaml:2: when: OrderTyp.CREATED: OrderEvent has no OrderTyp"
                + " (did you mean OrderType?)"),
        rule(
            "a misspelt event type",
            TITLE + "when: OrdersEvent(amount > 1)",
            "order/x.yaml:2: when: OrdersEvent: not an event type (expected one of OrderEvent"),
        rule(
            "a misspelt key",
            WHEN + "outcme: BLOCK",
            "order/x.yaml:3: outcme: unknown key (did you mean outcome?)"),
        modes(
            "a mode that nobody else approved",
            "live, asked_by: lin, approved_by: lin, approved_at: 2026-11-11T12:00:00Z",
            "modes.yaml:2: modes.order/x.approved_by: lin (expected: somebody else"),
        modes(
            "a mode approved at no time",
            "live, asked_by: lin, approved_by: wang, approved_at: yesterday",
            "modes.yaml:2: modes.order/x.approved_at: yesterday (expected: a time"),
        modes(
            "a mode that is none",
            "on, asked_by: lin, approved_by: wang, approved_at: 2026-11-11T12:00:00Z",
            "modes.yaml:2: modes.order/x.mode: on (expected one of LIVE, SHADOW, OFF)"),
        rule("an unknown key", WHEN + "colour: red", "order/x.yaml:3: colour: unknown key"),
        rule(
            "an unknown outcome",
            WHEN + "outcome: DENY",
            "order/x.yaml:3: outcome: DENY (expected one of PASS, CHALLENGE, REVIEW, BLOCK)"),
        rule(
            "a score out of range",
            WHEN + "score: 101",
            "order/x.yaml:3: score: 101 (expected: a whole number from 0 to 100)"),
        rule(
            "an unknown mode",
            WHEN + "mode: on",
            "order/x.yaml:3: mode: on (expected one of LIVE, SHADOW, OFF)"),
        rule(
            "an unknown entity",
            WHEN + "entity: usr",
            "order/x.yaml:3: entity: usr (expected one of user, device"),
        rule(
            "an entity no feature can have",
            TITLE + "when: OrderEvent(shop.orders > 1)",
            "order/x.yaml:2: when: shop.orders: shop is no entity (expected one of user"),
        rule(
            "a key that stands twice",
            WHEN + "score: 1\nscore: 2",
            "order/x.yaml:4: score: stands twice"),
        rule(
            "two bodies",
            WHEN + "deadline: { start: OrderEvent }",
            "order/x.yaml:1: expected exactly one of when, sequence, deadline; found when, deadline"),
        rule(
            "no body",
            TITLE,
            "order/x.yaml:1: expected exactly one of when, sequence, deadline; found none"),
        rule("no title", "when: OrderEvent(amount > 1)", "order/x.yaml:1: title: missing"),
        rule(
            "a title in one language",
            "title: { en: T }\nwhen: OrderEvent(amount > 1)",
            "order/x.yaml:1: title.zh: missing"),
        rule(
            "a text that shows what the condition does not look at",
            WHEN + "reason: { zh: \"{user.orders_10m}\", en: x }",
            "order/x.yaml:3: reason: user.orders_10m: a text may show only what"),
        rule(
            "a text with a misspelt property",
            WHEN + "reason: { zh: \"{amout}\", en: x }",
            "order/x.yaml:3: reason: amout: OrderEvent has no such property"),
        rule(
            "a text with a unit that is none",
            WHEN + "reason: { zh: \"{amount|yuan}\", en: x }",
            "order/x.yaml:3: reason: yuan: no such unit (expected: money, seconds, minutes, hours, days)"),
        rule(
            "an unknown duration",
            TITLE + "entity: user\nwithin: 10 mins\nsequence:\n  - a: OrderEvent",
            "order/x.yaml:3: within: 10 mins (expected: a duration such as"),
        rule(
            "an alias of no earlier step",
            TITLE
                + "entity: user\nwithin: 1m\nsequence:\n  - a: OrderEvent\n"
                + "  - b: OrderEvent(amount > c.amount)",
            "order/x.yaml:6: sequence[1].b: c.amount: no earlier step is called c"),
        rule(
            "a sequence of events that do not concern its entity",
            TITLE + "entity: account\nwithin: 1m\nsequence:\n  - a: LoginEvent",
            "order/x.yaml:5: sequence: LoginEvent has no accountToken"),
        rule(
            "a deadline with an outcome",
            TITLE
                + "deadline: { start: OrderEvent, end: PaymentEvent, key: orderId, within: 1h }\n"
                + "outcome: BLOCK\nalert: { severity: warning, summary: { zh: S, en: S } }",
            "order/x.yaml:3: outcome: a deadline raises an alert"),
        rule(
            "an unbalanced bracket",
            TITLE + "when: OrderEvent((amount > 1)",
            "order/x.yaml:2: when: "),
        rule(
            "a class",
            TITLE + "when: OrderEvent(java.lang.Runtime.getRuntime() is null)",
            "order/x.yaml:2: when: java.lang.Runtime.getRuntime(…): not a function rules may call"),
        rule(
            "a comment",
            TITLE + "when: OrderEvent(amount > 1 /* */)",
            "order/x.yaml:2: when: /*: a condition holds no comments"),
        rule("no YAML", "title: [", "order/x.yaml:1: not YAML: "),
        rule("no mapping", "- a\n- b", "order/x.yaml: expected a mapping of keys to values"),
        Arguments.of(
            "an id with capitals",
            Map.of("order/Burst.yaml", WHEN),
            new String[] {"order/Burst.yaml: the path is the rule's id (expected: small letters"}),
        feature(
            "a window too short",
            "user.a: { of: OrderEvent, aggregate: count, window: 999 milliseconds }",
            "features.yaml:3: features.user.a.window: 999 milliseconds"
                + " (expected: from 1 seconds to 30 days)"),
        feature(
            "a window too long",
            "user.a: { of: OrderEvent, aggregate: count, window: 31 days }",
            "features.yaml:3: features.user.a.window: 31 days (expected: from"),
        feature(
            "an unknown aggregate",
            "user.a: { of: OrderEvent, aggregate: median, window: 1h }",
            "features.yaml:3: features.user.a.aggregate: median (expected one of COUNT, SUM"),
        feature(
            "an entity nothing has",
            "shop.a: { of: OrderEvent, aggregate: count, window: 1h }",
            "features.yaml:3: shop.a: expected entity.name with an entity out of user"),
        feature(
            "a feature twice",
            "user.orders_10m: { of: OrderEvent, aggregate: count, window: 1h }",
            "features.yaml:3: features.user.orders_10m: stands twice"),
        feature(
            "a sum of texts",
            "user.a: { of: OrderEvent, aggregate: sum, field: currency, window: 1h }",
            "features.yaml:3: features.user.a.field: currency is not a number, which sum needs"),
        feature(
            "a sum of nothing",
            "user.a: { of: OrderEvent, aggregate: sum, window: 1h }",
            "features.yaml:3: features.user.a.field: missing"),
        feature(
            "a feature on a feature",
            "user.a: { of: OrderEvent(user.orders_10m > 1), aggregate: count, window: 1h }",
            "features.yaml:3: features.user.a.of: user.orders_10m: a filter may use properties"),
        feature(
            "events that do not concern the entity",
            "account.a: { of: LoginEvent, aggregate: count, window: 1h }",
            "features.yaml:3: features.account.a.of: LoginEvent has no accountToken"),
        Arguments.of(
            "a policy with an unknown outcome",
            Map.of("policy.yaml", "policy:\n  thresholds: { BLOK: 90 }"),
            new String[] {
              "policy.yaml:2: policy.thresholds.BLOK: unknown key (did you mean BLOCK?)"
            }));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mistakes")
  void aMistakeIsNamedWithItsPlace(String what, Map<String, String> files, String[] said) {
    Map<String, String> all = new TreeMap<>(files);
    all.putIfAbsent("features.yaml", FEATURES);
    RuleErrors errors = catchThrowableOfType(RuleErrors.class, () -> RuleSet.read(all));
    assertThat(errors).as(what).isNotNull();
    assertThat(errors.errors().stream().map(RuleError::toString))
        .anySatisfy(error -> assertThat(error).startsWith(said[0]));
  }
}
