package io.fenghuo.rules.assess;

import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.EventType;
import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import java.util.ArrayList;
import java.util.List;

/**
 * What one entity has to say about an event.
 *
 * @param group see {@link Visit}
 * @param event the event's bytes when this is the head or speaks alone, else null
 * @param undecided see {@link Visit}
 * @param holding rules whose part for this kind holds; those at home here hit
 * @param tested rules that were tested here
 * @param figures the values the tested rules look at, by figure; null when no rule is left
 * @param witnesses events behind those figures, newest first
 * @param matches sequences that ended with the event
 * @param lists list entries about the entity that hold at the event's time, as {@link ListNote}
 */
public record Finding(
    String group,
    EntityKind kind,
    EventType type,
    String eventId,
    long time,
    int expected,
    byte[] event,
    long[] undecided,
    long[] tested,
    long[] holding,
    Object[] figures,
    List<Witness> witnesses,
    List<Match> matches,
    List<ListNote> lists) {

  private static final EntityKind[] KINDS = EntityKind.values();

  /**
   * An event that contributed.
   *
   * @param figures the figures it contributed to
   */
  public record Witness(EventType type, String eventId, long time, byte[] bytes, long[] figures) {}

  /**
   * A sequence's chosen events.
   *
   * @param events bytes of the event of each step, in the order of steps
   */
  public record Match(int figure, List<byte[]> events) {}

  /** A list entry that applies. */
  public record ListNote(String list, String key, String reason) {}

  public void pack(Packer out) {
    out.text(group).put((byte) kind.ordinal()).put((byte) type.ordinal()).text(eventId);
    out.number(time).number(expected).blob(event);
    out.put((byte) ((undecided != null ? 1 : 0) | (figures != null ? 2 : 0)));
    if (undecided != null) {
      out.words(undecided);
    }
    out.words(tested).words(holding);
    if (figures != null) {
      out.values(figures);
      out.number(witnesses.size());
      for (Witness witness : witnesses) {
        out.put((byte) witness.type.ordinal()).text(witness.eventId).number(witness.time);
        out.blob(witness.bytes).words(witness.figures);
      }
      out.number(matches.size());
      for (Match match : matches) {
        out.number(match.figure).number(match.events.size());
        match.events.forEach(out::blob);
      }
    }
    out.number(lists.size());
    for (ListNote note : lists) {
      out.text(note.list).text(note.key).text(note.reason);
    }
  }

  public static Finding unpack(Unpacker in) {
    String group = in.text();
    EntityKind kind = KINDS[in.get()];
    EventType type = EventType.at(in.get());
    String eventId = in.text();
    long time = in.number();
    int expected = in.count();
    byte[] event = in.blob();
    int flags = in.get();
    long[] undecided = (flags & 1) != 0 ? in.words() : null;
    long[] tested = in.words();
    long[] holding = in.words();
    Object[] figures = null;
    List<Witness> witnesses = List.of();
    List<Match> matches = List.of();
    if ((flags & 2) != 0) {
      figures = in.values();
      int count = in.count();
      witnesses = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        witnesses.add(
            new Witness(EventType.at(in.get()), in.text(), in.number(), in.blob(), in.words()));
      }
      count = in.count();
      matches = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        int figure = in.count();
        int steps = in.count();
        List<byte[]> events = new ArrayList<>(steps);
        for (int step = 0; step < steps; step++) {
          events.add(in.blob());
        }
        matches.add(new Match(figure, events));
      }
    }
    int notes = in.count();
    List<ListNote> lists = notes == 0 ? List.of() : new ArrayList<>(notes);
    for (int i = 0; i < notes; i++) {
      lists.add(new ListNote(in.text(), in.text(), in.text()));
    }
    return new Finding(
        group, kind, type, eventId, time, expected, event, undecided, tested, holding, figures,
        witnesses, matches, lists);
  }
}
