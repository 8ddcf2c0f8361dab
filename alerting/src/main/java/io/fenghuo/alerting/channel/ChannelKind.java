package io.fenghuo.alerting.channel;

import io.fenghuo.alerting.config.Section;

/**
 * A kind of channel, found by its class's entry in the index of services. {@code key()} {@code
 * dingtalk} makes {@code dingtalk_configs} a key of receivers.
 */
public interface ChannelKind {

  String key();

  /** Reads one configuration; mistakes go to the section. */
  Channel read(Section section, Surroundings surroundings);
}
