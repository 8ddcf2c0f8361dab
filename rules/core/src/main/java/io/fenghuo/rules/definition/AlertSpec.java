package io.fenghuo.rules.definition;

import io.fenghuo.schemas.Severity;

/**
 * The alert a rule raises.
 *
 * @param every length of the pieces of time in which one alert is raised at most, milliseconds
 */
public record AlertSpec(Severity severity, long every, Words summary) {}
