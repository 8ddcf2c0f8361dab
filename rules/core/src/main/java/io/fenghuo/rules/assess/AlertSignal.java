package io.fenghuo.rules.assess;

import io.fenghuo.schemas.Alert;

/**
 * A reason to alert: the alert it would be, if it is the first in its piece of time.
 *
 * @param eventId the event behind it, which orders signals of the same time; empty for a deadline
 */
public record AlertSignal(Alert alert, String eventId) {}
