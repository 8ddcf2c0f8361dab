package io.fenghuo.rules.definition;

/** A text of a rule in Chinese and English; may hold {@code {names}} to be filled in. */
public record Words(String zh, String en) {}
