package io.fenghuo.local.simulate;

import java.util.ArrayDeque;
import org.apache.avro.specific.SpecificRecord;

/** What all actors share: time, chance, the people, the goods, and the way out for events. */
final class World {

  final Dice dice;
  final Population population;
  final Catalogue catalogue;
  final Agenda agenda;

  /** No event leaves before this; until then visits only get under way. */
  final long startTimeMillis;

  private final String campaign;

  private final Fault fault;
  private final long faultFrom;

  /** Factor on delivery times, below 1 when parcels would otherwise pile up. */
  final double haste;

  private final ArrayDeque<SimulatedEvent> out = new ArrayDeque<>();
  private final String prefix;
  private long events;
  private long orders;
  private Visit idleVisits;
  private Parcel idleParcels;

  /** Parcels between payment and the last thing that happens to them. */
  int parcels;

  /** Scripted events more than two hours ahead. */
  int farAhead;

  World(
      Scenario scenario,
      long seed,
      long warmUpFrom,
      long startTimeMillis,
      Population population,
      Catalogue catalogue,
      double haste) {
    this.dice = new Dice(Dice.mix(seed, Dice.mix(startTimeMillis, scenario.kin().hashCode())));
    this.population = population;
    this.catalogue = catalogue;
    this.agenda = new Agenda(warmUpFrom);
    this.startTimeMillis = startTimeMillis;
    this.campaign = scenario.campaign();
    this.fault = scenario.fault();
    this.faultFrom = startTimeMillis + scenario.onset().toMillis();
    this.haste = haste;
    this.prefix = Names.of("", Dice.mix(seed, startTimeMillis), 7) + "-";
  }

  long now() {
    return agenda.now();
  }

  /** Whether events leave already. */
  boolean open() {
    return now() >= startTimeMillis;
  }

  /** The campaign visits come from now, or null. */
  String campaign() {
    return now() >= faultFrom ? campaign : null;
  }

  /** What is broken now. */
  Fault fault() {
    return now() >= faultFrom ? fault : Fault.NONE;
  }

  /** How long it has been broken, milliseconds. */
  long faultAge() {
    return now() - faultFrom;
  }

  SimulatedEvent poll() {
    return out.poll();
  }

  void emit(String topic, String key, SpecificRecord event, String label) {
    if (!fault().silences(topic)) {
      out.add(new SimulatedEvent(topic, key, event, label));
    }
  }

  /**
   * An id nobody used: seven characters of seed and start time, and the number of the event, so
   * that ids sort as events were made.
   */
  String nextEventId() {
    return Names.of(prefix, events++, 8);
  }

  long nextOrder() {
    return orders++;
  }

  String orderId(long order) {
    return Names.of("o" + prefix, order, 7);
  }

  Visit visit() {
    Visit visit = idleVisits;
    if (visit == null) {
      return new Visit();
    }
    idleVisits = (Visit) visit.next;
    visit.next = null;
    return visit;
  }

  void release(Visit visit) {
    visit.next = idleVisits;
    idleVisits = visit;
  }

  Parcel parcel() {
    parcels++;
    Parcel parcel = idleParcels;
    if (parcel == null) {
      return new Parcel();
    }
    idleParcels = (Parcel) parcel.next;
    parcel.next = null;
    return parcel;
  }

  void release(Parcel parcel) {
    parcels--;
    parcel.next = idleParcels;
    idleParcels = parcel;
  }
}
