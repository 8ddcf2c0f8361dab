package io.fenghuo.alerting.config;

import io.fenghuo.alerting.channel.Channel;
import java.time.Duration;
import java.util.Map;

/**
 * A name routes send to, and the channels behind it.
 *
 * @param channels by {@code receiver/kind[index]}, which is also the channel's name in the ledger
 * @param deliverWithin a notification that has not left by then has failed
 * @param fallback the receiver told instead then, or empty
 */
public record Receiver(
    String name,
    int line,
    Map<String, Channel> channels,
    Duration deliverWithin,
    String fallback) {}
