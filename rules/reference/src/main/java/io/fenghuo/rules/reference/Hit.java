package io.fenghuo.rules.reference;

import io.fenghuo.schemas.RuleHit;
import java.util.List;

/** A rule that matched at an event, and the events that contributed. */
record Hit(RuleHit rule, List<Event> contributing) {}
