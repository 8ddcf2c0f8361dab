/**
 * A shop that does not exist: believable shoppers, and frauds injected among them with labels.
 *
 * <p>Everything is a function of the scenario, the seed, the rate, the start time and the number of
 * users; the clock of the machine is never read.
 */
package io.fenghuo.local.simulate;
