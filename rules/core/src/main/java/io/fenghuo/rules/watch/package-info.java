/**
 * Watches: what looks at figures as they come and says when something is wrong. Objectives, tiers,
 * absences, anomalies, failovers and campaigns are each a definition read from YAML ({@link
 * io.fenghuo.rules.watch.WatchReader}) and a state for each combination of dimension values.
 *
 * <p>A state is a plain object. Readings go in, each second event time goes in, alerts and derived
 * figures come out; it packs to bytes after any of these and goes on from them. Nothing here knows
 * the wall clock.
 */
package io.fenghuo.rules.watch;
