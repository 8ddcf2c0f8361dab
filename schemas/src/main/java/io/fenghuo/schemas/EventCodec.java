package io.fenghuo.schemas;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.io.FastReaderBuilder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;

/**
 * Between the bytes of a Kafka record and the event they stand for.
 *
 * <p>Two wire formats, both a header that names the writer's schema and then Avro's binary
 * encoding:
 *
 * <ul>
 *   <li>{@link #singleObject() Avro single-object encoding}: {@code C3 01}, the CRC-64-AVRO
 *       fingerprint of the schema in 8 bytes, little-endian. Needs no server, since every version
 *       of every schema is bundled.
 *   <li>{@link #confluent(SchemaRegistry) Confluent wire format}: {@code 00}, the schema's number
 *       in the registry in 4 bytes, big-endian.
 * </ul>
 *
 * <p>Not thread-safe, since it reuses its buffers: one per thread, created where it is used.
 *
 * @see <a href="https://avro.apache.org/docs/1.12.0/specification/#single-object-encoding">Avro:
 *     single-object encoding</a>
 * @see <a
 *     href="https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format">
 *     Confluent: wire format</a>
 */
public final class EventCodec {
  /** Bytes before the body in single-object encoding. */
  public static final int SINGLE_OBJECT_HEADER = 10;

  /** Bytes before the body in Confluent wire format. */
  public static final int CONFLUENT_HEADER = 5;

  /** Longest record unless {@link #limitedTo} says otherwise: 1 MiB, as Kafka's own default. */
  public static final int DEFAULT_MAX_BYTES = 1 << 20;

  private static final byte[] SINGLE_OBJECT_MARKER = {(byte) 0xC3, 0x01};

  /** Null for single-object encoding. */
  private final SchemaRegistry registry;

  private final int maxBytes;
  private final SpecificData data = new SpecificData(EventCodec.class.getClassLoader());
  private final FastReaderBuilder readers = new FastReaderBuilder(data);

  /** Writer's schemas by fingerprint, or by number in the registry. */
  private final Map<Long, Reading> readings = new HashMap<>();

  private final Map<Class<?>, Writing> writings = new HashMap<>();
  private final BoundedDecoder decoder = new BoundedDecoder();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);
  private BinaryEncoder encoder;

  /** The last one used: a topic's records nearly always have one schema. */
  private Reading lastReading = new Reading(0, null, null);

  private EventCodec(SchemaRegistry registry, int maxBytes) {
    this.registry = registry;
    this.maxBytes = maxBytes;
    this.data.setCustomCoders(true);
  }

  /**
   * A codec for single-object encoding that reads every bundled version of every schema.
   *
   * @param more further versions that records may have been written with, each with the full name
   *     of a stream's record
   * @throws IllegalArgumentException if one of {@code more} cannot be read as the stream's record
   */
  public static EventCodec singleObject(Schema... more) {
    EventCodec codec = new EventCodec(null, DEFAULT_MAX_BYTES);
    for (Schema schema : more) {
      long fingerprint = SchemaNormalization.parsingFingerprint64(schema);
      try {
        codec.readings.put(fingerprint, codec.reading(fingerprint, schema));
      } catch (UndecodableException e) {
        throw new IllegalArgumentException(e.detail(), e);
      }
    }
    return codec;
  }

  /**
   * A codec for Confluent wire format. Subjects are {@code topic-value}.
   *
   * <p>When the registry is down, both directions throw {@link SchemaRegistryException}: that is no
   * fault of the record.
   */
  public static EventCodec confluent(SchemaRegistry registry) {
    return new EventCodec(Objects.requireNonNull(registry, "registry"), DEFAULT_MAX_BYTES);
  }

  /** The same wire format with another limit for a record's length, header included, in bytes. */
  public EventCodec limitedTo(int maxBytes) {
    if (maxBytes < header()) {
      throw new IllegalArgumentException(
          "maxBytes: " + maxBytes + " (expected at least " + header() + ", the header's length)");
    }
    EventCodec codec = new EventCodec(registry, maxBytes);
    codec.readings.putAll(readings);
    return codec;
  }

  /** Bytes before the body. */
  public int header() {
    return registry == null ? SINGLE_OBJECT_HEADER : CONFLUENT_HEADER;
  }

  /**
   * The record's bytes, header first.
   *
   * @throws IllegalArgumentException if it is not a stream's record, a required field is null, or
   *     its bytes would be more than the limit and so readable for nobody
   * @throws SchemaRegistryException if the registry is needed and down
   */
  public byte[] encode(SpecificRecord event) {
    Writing writing = writings.get(event.getClass());
    if (writing == null) {
      writing = writing(event);
      writings.put(event.getClass(), writing);
    }
    boolean complete = false;
    try {
      out.reset();
      out.write(writing.header, 0, writing.header.length);
      encoder = EncoderFactory.get().binaryEncoder(out, encoder);
      writing.writer.write(event, encoder);
      encoder.flush();
      complete = true;
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException(
          event.getClass().getSimpleName() + " cannot be written: " + fault(event, e), e);
    } finally {
      if (!complete) {
        // It still holds the first half of the record and would write it before the next one.
        encoder = null;
      }
    }
    if (out.size() > maxBytes) {
      throw new IllegalArgumentException(
          event.getClass().getSimpleName()
              + " of "
              + out.size()
              + " bytes (expected at most "
              + maxBytes
              + ")");
    }
    return out.toByteArray();
  }

  /**
   * The record those bytes stand for, of whichever stream their header says.
   *
   * @throws UndecodableException if they stand for none; nothing else is thrown for any bytes
   * @throws SchemaRegistryException if the registry is needed and down
   */
  public SpecificRecord decode(byte[] bytes) throws UndecodableException {
    return decode(readingOf(bytes), bytes);
  }

  /**
   * The record those bytes stand for.
   *
   * @throws UndecodableException if they stand for none, or for one of another class; nothing else
   *     is thrown for any bytes
   * @throws SchemaRegistryException if the registry is needed and down
   */
  public <T extends SpecificRecord> T decode(byte[] bytes, Class<T> recordClass)
      throws UndecodableException {
    Reading reading = readingOf(bytes);
    if (reading.stream.recordClass() != recordClass) {
      throw new UndecodableException(
          UndecodableException.UNKNOWN_SCHEMA,
          reading.stream.schema().getName() + " (expected " + recordClass.getSimpleName() + ")");
    }
    return recordClass.cast(decode(reading, bytes));
  }

  /** The stream those bytes belong to by their header alone, or empty when it is not known. */
  public Optional<Stream> streamOf(byte[] bytes) {
    try {
      return Optional.of(readingOf(bytes).stream);
    } catch (UndecodableException e) {
      return Optional.empty();
    }
  }

  private SpecificRecord decode(Reading reading, byte[] bytes) throws UndecodableException {
    SpecificRecord event;
    try {
      decoder.reset(bytes, header());
      event = reading.reader.read(null, decoder);
    } catch (IOException | RuntimeException | StackOverflowError e) {
      // Avro signals a union branch or enum symbol out of range by whatever exception comes up,
      // and a registry's recursive schema can be nested until the stack is gone.
      throw malformed(
          reading.stream.schema().getName()
              + ": "
              + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()),
          e);
    }
    int left = decoder.remaining();
    decoder.clear();
    if (left != 0) {
      throw malformed(
          reading.stream.schema().getName() + ": " + left + " bytes after its end (expected 0)",
          null);
    }
    return event;
  }

  private Reading readingOf(byte[] bytes) throws UndecodableException {
    if (bytes == null) {
      throw malformed("no value (expected a record)", null);
    }
    if (bytes.length > maxBytes) {
      throw new UndecodableException(
          UndecodableException.TOO_LARGE,
          bytes.length + " bytes (expected at most " + maxBytes + ")");
    }
    if (bytes.length < header()) {
      throw malformed(
          bytes.length + " bytes (expected at least the header's " + header() + ")", null);
    }
    long name = registry == null ? fingerprint(bytes) : number(bytes);
    if (lastReading.name == name && lastReading.reader != null) {
      return lastReading;
    }
    Reading reading = readings.get(name);
    if (reading == null) {
      reading = reading(name, registry == null ? bundled(name) : registered((int) name));
      readings.put(name, reading);
    }
    lastReading = reading;
    return reading;
  }

  private static long fingerprint(byte[] bytes) throws UndecodableException {
    if (bytes[0] != SINGLE_OBJECT_MARKER[0] || bytes[1] != SINGLE_OBJECT_MARKER[1]) {
      String hint =
          switch (bytes[0]) {
            case 0 -> "; perhaps Confluent wire format";
            case '{' -> "; perhaps JSON";
            default -> "";
          };
      throw malformed(
          String.format(
              "starts with %02X %02X (expected C3 01, Avro's single-object encoding%s)",
              bytes[0], bytes[1], hint),
          null);
    }
    long fingerprint = 0;
    for (int i = SINGLE_OBJECT_HEADER - 1; i >= 2; i--) {
      fingerprint = fingerprint << 8 | bytes[i] & 0xFF;
    }
    return fingerprint;
  }

  private static long number(byte[] bytes) throws UndecodableException {
    if (bytes[0] != 0) {
      throw malformed(
          String.format(
              "starts with %02X (expected 00, Confluent wire format%s)",
              bytes[0],
              bytes[0] == SINGLE_OBJECT_MARKER[0] ? "; perhaps single-object encoding" : ""),
          null);
    }
    return ByteBuffer.wrap(bytes).getInt(1);
  }

  private static Schema bundled(long fingerprint) throws UndecodableException {
    Schema schema = SchemaHistory.byFingerprint().get(fingerprint);
    if (schema == null) {
      throw new UndecodableException(
          UndecodableException.UNKNOWN_SCHEMA,
          String.format("fingerprint %016X (expected one of a bundled schema)", fingerprint));
    }
    return schema;
  }

  private Schema registered(int id) throws UndecodableException {
    try {
      return registry.byId(id);
    } catch (SchemaRegistry.UnknownSchemaException e) {
      throw new UndecodableException(UndecodableException.UNKNOWN_SCHEMA, e.getMessage(), e);
    }
  }

  private Reading reading(long name, Schema writer) throws UndecodableException {
    Stream stream =
        Stream.ofSchema(writer)
            .orElseThrow(
                () ->
                    new UndecodableException(
                        UndecodableException.UNKNOWN_SCHEMA,
                        writer.getFullName() + " (expected the record of a stream)"));
    try {
      var compatibility =
          SchemaCompatibility.checkReaderWriterCompatibility(stream.schema(), writer);
      if (compatibility.getType() != SchemaCompatibilityType.COMPATIBLE) {
        throw new UndecodableException(
            UndecodableException.UNKNOWN_SCHEMA,
            "a version of "
                + writer.getFullName()
                + " that cannot be read as today's: "
                + compatibility.getResult().getIncompatibilities());
      }
      return new Reading(name, stream, readers.createDatumReader(writer, stream.schema()));
    } catch (IOException | AvroRuntimeException e) {
      throw new UndecodableException(
          UndecodableException.UNKNOWN_SCHEMA,
          "a version of " + writer.getFullName() + " that cannot be read: " + e.getMessage(),
          e);
    }
  }

  private Writing writing(SpecificRecord event) {
    Schema schema = event.getSchema();
    Stream stream =
        Stream.ofSchema(schema)
            .filter(candidate -> candidate.recordClass() == event.getClass())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        event.getClass().getName() + " (expected the record of a stream)"));
    byte[] header;
    if (registry == null) {
      header =
          ByteBuffer.allocate(SINGLE_OBJECT_HEADER)
              .order(ByteOrder.LITTLE_ENDIAN)
              .put(SINGLE_OBJECT_MARKER)
              .putLong(SchemaNormalization.parsingFingerprint64(schema))
              .array();
    } else {
      int id = registry.idOf(stream.topic() + "-value", schema);
      header = ByteBuffer.allocate(CONFLUENT_HEADER).put((byte) 0).putInt(id).array();
    }
    return new Writing(header, new SpecificDatumWriter<>(schema, data));
  }

  private static String fault(SpecificRecord event, Exception e) {
    for (Schema.Field field : event.getSchema().getFields()) {
      if (event.get(field.pos()) == null && !field.schema().isNullable()) {
        return field.name() + ": null (expected a value)";
      }
    }
    return String.valueOf(e.getMessage());
  }

  private static UndecodableException malformed(String detail, Throwable cause) {
    return new UndecodableException(UndecodableException.MALFORMED, detail, cause);
  }

  /** How records that name their schema so are read. */
  private record Reading(long name, Stream stream, DatumReader<SpecificRecord> reader) {}

  /** How records of one class are written. */
  private record Writing(byte[] header, DatumWriter<SpecificRecord> writer) {}
}
