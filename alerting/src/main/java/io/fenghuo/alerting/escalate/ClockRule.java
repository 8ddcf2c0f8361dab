package io.fenghuo.alerting.escalate;

import io.fenghuo.alerting.alert.Matcher;
import java.time.Duration;
import java.util.List;

/** How soon incidents of these alerts are to be answered and resolved; zero means no clock. */
public record ClockRule(List<Matcher> matchers, Duration answerWithin, Duration resolveWithin) {}
