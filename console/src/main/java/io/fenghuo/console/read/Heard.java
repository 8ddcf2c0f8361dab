package io.fenghuo.console.read;

import io.fenghuo.schemas.Stream;
import org.apache.avro.specific.SpecificRecord;

/** Is told of each record as soon as it was read, before it is stored. Called by one thread. */
@FunctionalInterface
public interface Heard {
  void heard(Stream stream, SpecificRecord record);
}
