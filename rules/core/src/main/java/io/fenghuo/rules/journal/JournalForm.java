package io.fenghuo.rules.journal;

import io.fenghuo.rules.EventType;

/** How a journal is written to state: times as differences, everything else as it is. */
public final class JournalForm {

  private JournalForm() {}

  public static void pack(Journal journal, Packer out) {
    out.number(journal.size());
    long before = 0;
    for (Entry entry : journal.entries()) {
      out.number(entry.time() - before).put((byte) entry.type().ordinal()).text(entry.id());
      out.number(entry.bits()).values(entry.columns()).blob(entry.bytes());
      before = entry.time();
    }
  }

  public static Journal unpack(Unpacker in) {
    Journal journal = new Journal();
    long time = 0;
    for (int n = in.count(); n > 0; n--) {
      time += in.number();
      EventType type = EventType.at(in.get());
      String id = in.text();
      journal.append(new Entry(type, id, time, in.number(), in.values(), in.blob()));
    }
    return journal;
  }
}
