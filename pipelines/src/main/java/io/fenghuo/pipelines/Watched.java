package io.fenghuo.pipelines;

import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;

/**
 * A reading on its way to one watch.
 *
 * @param place where the watch keeps what it knows of the reading's subject
 */
record Watched(String place, Reading reading) {

  void pack(Packer out) {
    out.text(place);
    reading.pack(out);
  }

  static Watched unpack(Unpacker in) {
    return new Watched(in.text(), Reading.unpack(in));
  }
}
