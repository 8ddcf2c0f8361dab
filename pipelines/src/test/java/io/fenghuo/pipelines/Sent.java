package io.fenghuo.pipelines;

import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.UndecodableException;
import java.util.Collection;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/** What was sent to a topic, decoded. */
final class Sent {

  private Sent() {}

  static <T extends SpecificRecord> List<T> of(Class<T> type, Collection<Outgoing> outgoing) {
    EventCodec codec = EventCodec.singleObject();
    return outgoing.stream().map(record -> decoded(codec, record, type)).toList();
  }

  private static <T extends SpecificRecord> T decoded(
      EventCodec codec, Outgoing record, Class<T> type) {
    try {
      return codec.decode(record.value(), type);
    } catch (UndecodableException e) {
      throw new AssertionError(e);
    }
  }
}
