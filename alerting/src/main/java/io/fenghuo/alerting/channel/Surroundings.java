package io.fenghuo.alerting.channel;

import io.fenghuo.alerting.Secret;
import io.fenghuo.alerting.config.Section;
import io.fenghuo.alerting.escalate.Roster;
import java.io.PrintWriter;
import java.net.URI;
import java.util.List;

/** What channels share. */
public record Surroundings(Wire wire, Wording wording, Roster roster, PrintWriter console) {

  private static final URI NOWHERE = URI.create("http://invalid/");

  /** The address under {@code url}, which holds a key and so is a secret itself. */
  URI secretUrl(Section section) {
    Secret url = section.requiredSecret("url");
    try {
      return wire.endpoint(url.reveal());
    } catch (IllegalArgumentException wrong) {
      section.error("url", wrong.getMessage());
      return NOWHERE;
    }
  }

  /** Whom to tell: what stands for people or teams must stand for some that there are. */
  List<String> addresses(Section section, String key) {
    List<String> addresses = section.texts(key);
    for (String each : addresses) {
      roster.complaint(each).ifPresent(wrong -> section.error(key, wrong));
    }
    return addresses;
  }

  /** The same, at least one. */
  List<String> requiredAddresses(Section section, String key) {
    List<String> addresses = addresses(section, key);
    if (addresses.isEmpty()) {
      section.error(
          key, "missing (expected numbers or mail addresses, or duty:TEAM, person:ID, …)");
    }
    return addresses;
  }

  /** The language of a channel, unless it names one that of the file. */
  Language language(Section section) {
    return section.parsed("language", wording.language(), Language::parse);
  }
}
