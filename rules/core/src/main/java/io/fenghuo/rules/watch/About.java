package io.fenghuo.rules.watch;

import io.fenghuo.rules.definition.Words;
import io.fenghuo.schemas.RuleMode;
import java.time.ZoneId;

/**
 * What all watches have.
 *
 * @param id path of the definition without its ending
 * @param owner who answers for it
 * @param zone the shop's time zone, in which its days and weeks are
 */
public record About(String id, Words title, String owner, RuleMode mode, ZoneId zone) {}
