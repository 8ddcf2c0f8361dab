package io.fenghuo.rules.journal;

/** How a journal is written to state: its entries as they are. */
public final class JournalForm {

  private JournalForm() {}

  public static void pack(Journal journal, Packer out) {
    out.number(journal.size());
    for (Entry entry : journal.entries()) {
      out.blob(entry.packed());
    }
  }

  public static Journal unpack(Unpacker in) {
    Journal journal = new Journal();
    for (int n = in.count(); n > 0; n--) {
      journal.append(new Entry(in.blob()));
    }
    return journal;
  }
}
