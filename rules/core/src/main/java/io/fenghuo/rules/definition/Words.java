package io.fenghuo.rules.definition;

import java.io.Serializable;

/** A text of a rule in Chinese and English; may hold {@code {names}} to be filled in. */
public record Words(String zh, String en) implements Serializable {}
