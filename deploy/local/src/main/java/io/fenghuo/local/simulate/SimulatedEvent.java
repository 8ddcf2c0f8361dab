package io.fenghuo.local.simulate;

import org.apache.avro.specific.SpecificRecord;

/**
 * One event of the simulated shop, ready to be written.
 *
 * @param topic the stream it belongs to: orders, payments, logins, traffic or resources
 * @param key the record key, or null for a visitor nobody knows
 * @param event the Avro record
 * @param label null for a genuine event, else the id of the rule the fraud should trip
 */
public record SimulatedEvent(String topic, String key, SpecificRecord event, String label) {}
