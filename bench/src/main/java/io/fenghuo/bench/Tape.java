package io.fenghuo.bench;

import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.OrderType;
import io.fenghuo.schemas.Stream;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Iterator;
import java.util.function.LongConsumer;
import org.apache.avro.specific.SpecificRecord;

/**
 * Events in a file, encoded and in order, so that making them costs nothing while something is
 * measured and every run is given the same.
 */
final class Tape implements Closeable {

  private static final int BUFFER = 1 << 20;
  private static final Stream[] STREAMS = Stream.values();

  /**
   * One event as Kafka takes it.
   *
   * @param key null when the stream has none for it
   * @param orderId of an order that is created, which is to be decided; else null
   */
  record Record(Stream stream, String key, byte[] value, String orderId) {}

  private final DataInputStream in;

  private Tape(DataInputStream in) {
    this.in = in;
  }

  static Tape open(Path file) throws IOException {
    return new Tape(
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER)));
  }

  /** The next event, or null at the end. */
  Record next() throws IOException {
    int stream = in.read();
    if (stream < 0) {
      return null;
    }
    String key = text();
    String orderId = text();
    byte[] value = new byte[in.readInt()];
    in.readFully(value);
    return new Record(STREAMS[stream], key, value, orderId);
  }

  private String text() throws IOException {
    int length = in.readShort();
    if (length < 0) {
      return null;
    }
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the tape ends within a record");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  /**
   * Records the first of these events.
   *
   * @param progress told now and then how many there are
   */
  static void record(
      Path file, Iterator<? extends SpecificRecord> events, long count, LongConsumer progress)
      throws IOException {
    EventCodec codec = EventCodec.singleObject();
    Path unfinished = file.resolveSibling(file.getFileName() + ".part");
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(unfinished), BUFFER))) {
      for (long i = 0; i < count; i++) {
        SpecificRecord event = events.next();
        Stream stream = Stream.ofSchema(event.getSchema()).orElseThrow();
        boolean created = event instanceof OrderEvent order && order.getType() == OrderType.CREATED;
        byte[] value = codec.encode(event);
        out.writeByte(stream.ordinal());
        text(out, stream.keyOf(event));
        text(out, created ? ((OrderEvent) event).getOrderId() : null);
        out.writeInt(value.length);
        out.write(value);
        if (i % 100_000 == 0) {
          progress.accept(i);
        }
      }
    }
    Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    if (text == null) {
      out.writeShort(-1);
      return;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeShort(bytes.length);
    out.write(bytes);
  }
}
