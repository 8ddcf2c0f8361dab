package io.fenghuo.alerting.escalate;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Whom an address stands for now. Addresses are {@code person:ID}, {@code duty:TEAM}, {@code
 * deputy:TEAM}, {@code manager:TEAM}, {@code team:TEAM}, or a number or mail address as it is.
 */
public record Roster(Map<String, Person> people, Map<String, Team> teams) {

  private static final List<String> WORDS = List.of("person", "duty", "deputy", "manager", "team");

  /** Why an address can never stand for anybody, or empty. */
  public Optional<String> complaint(String address) {
    int colon = address.indexOf(':');
    if (colon < 0) {
      return Optional.empty();
    }
    String word = address.substring(0, colon);
    String name = address.substring(colon + 1);
    if (!WORDS.contains(word)) {
      return Optional.of(address + " (expected one of " + String.join(":, ", WORDS) + ":)");
    }
    if (word.equals("person")) {
      return people.containsKey(name)
          ? Optional.empty()
          : Optional.of(address + " is nobody of people");
    }
    return teams.containsKey(name) ? Optional.empty() : Optional.of(address + " is no team");
  }

  /** The people an address stands for; none for a plain number or mail address. */
  public List<Person> people(String address, Instant now) {
    int colon = address.indexOf(':');
    if (colon < 0) {
      return List.of();
    }
    String name = address.substring(colon + 1);
    Team team = teams.get(name);
    List<String> ids =
        switch (address.substring(0, colon)) {
          case "person" -> List.of(name);
          case "duty" -> team.onDuty(now).stream().toList();
          case "deputy" -> team.deputy(now).stream().toList();
          case "manager" -> team.manager().isEmpty() ? List.of() : List.of(team.manager());
          default -> team.members();
        };
    return ids.stream().map(people::get).toList();
  }

  /** The numbers addresses stand for now, each once. */
  public List<String> mobiles(List<String> addresses, Instant now) {
    return all(addresses, now, Person::mobile);
  }

  public List<String> emails(List<String> addresses, Instant now) {
    return all(addresses, now, Person::email);
  }

  private List<String> all(List<String> addresses, Instant now, Function<Person, String> way) {
    LinkedHashSet<String> found = new LinkedHashSet<>();
    for (String address : addresses) {
      if (address.indexOf(':') < 0) {
        found.add(address);
      } else {
        people(address, now).stream().map(way).filter(way1 -> !way1.isEmpty()).forEach(found::add);
      }
    }
    return new ArrayList<>(found);
  }
}
