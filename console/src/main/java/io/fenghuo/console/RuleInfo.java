package io.fenghuo.console;

/**
 * A rule as people look it up.
 *
 * @param id its path: {@code order/burst}
 * @param mode LIVE, SHADOW or OFF
 * @param outcome what it asks for, or "" for one that only alerts
 * @param text the YAML
 * @param tests how many test files it has
 */
public record RuleInfo(
    String id,
    String zh,
    String en,
    String owner,
    String mode,
    String outcome,
    int score,
    int version,
    String text,
    int tests) {}
