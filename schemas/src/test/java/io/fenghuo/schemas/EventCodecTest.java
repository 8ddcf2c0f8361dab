package io.fenghuo.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EventCodecTest {
  private final EventCodec codec = EventCodec.singleObject();

  @ParameterizedTest
  @EnumSource
  void what_is_encoded_is_decoded(Stream stream) throws Exception {
    SampleEvents samples = new SampleEvents(20260101);
    for (int i = 0; i < 200; i++) {
      SpecificRecord event = samples.any(stream.schema());
      byte[] bytes = codec.encode(event);

      assertThat(codec.decode(bytes)).isEqualTo(event);
      assertThat(codec.decode(bytes, stream.recordClass()))
          .isExactlyInstanceOf(stream.recordClass())
          .isEqualTo(event);
      assertThat(codec.streamOf(bytes)).contains(stream);
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_bytes_are_those_of_avros_own_encoder(Stream stream) throws Exception {
    SpecificRecord event = new SampleEvents(3).full(stream.schema());
    var avros = new BinaryMessageEncoder<>(SpecificData.get(), stream.schema()).encode(event);

    assertThat(codec.encode(event)).isEqualTo(avros.array());
  }

  @Test
  void lists_maps_and_defaults_of_one_record_are_not_those_of_the_next() throws Exception {
    byte[] bytes = codec.encode(new SampleEvents(3).full(OrderEvent.getClassSchema()));

    OrderEvent first = codec.decode(bytes, OrderEvent.class);
    OrderEvent second = codec.decode(bytes, OrderEvent.class);
    first.getItems().clear();

    assertThat(second.getItems()).isNotEmpty();
  }

  @Test
  void a_record_of_another_class_is_not_what_was_asked_for() {
    byte[] bytes = codec.encode(new SampleEvents(3).full(LoginEvent.getClassSchema()));

    var e = undecodable(() -> codec.decode(bytes, OrderEvent.class));

    assertThat(e.reason()).isEqualTo("unknown_schema");
    assertThat(e.detail()).isEqualTo("LoginEvent (expected OrderEvent)");
  }

  @Test
  void bytes_that_are_no_record_say_what_they_look_like() {
    assertThat(undecodable(() -> codec.decode(null)).detail())
        .isEqualTo("no value (expected a record)");
    assertThat(undecodable(() -> codec.decode(new byte[0])).detail())
        .isEqualTo("0 bytes (expected at least the header's 10)");
    assertThat(undecodable(() -> codec.decode(text("{\"eventId\":\"e1\"}"))).getMessage())
        .isEqualTo(
            "malformed: starts with 7B 22 (expected C3 01, Avro's single-object encoding; perhaps"
                + " JSON)");
    assertThat(undecodable(() -> codec.decode(new byte[20])).detail())
        .contains("perhaps Confluent wire format");
  }

  @Test
  void a_fingerprint_of_no_bundled_schema_is_unknown() {
    byte[] bytes = codec.encode(new SampleEvents(3).full(OrderEvent.getClassSchema()));
    bytes[2] ^= 1;

    var e = undecodable(() -> codec.decode(bytes));

    assertThat(e.reason()).isEqualTo("unknown_schema");
    assertThat(e.detail()).matches("fingerprint [0-9A-F]{16} .*");
    assertThat(codec.streamOf(bytes)).isEmpty();
  }

  @Test
  void bytes_after_the_record_are_malformed() {
    byte[] bytes = codec.encode(new SampleEvents(3).full(OrderEvent.getClassSchema()));

    var e = undecodable(() -> codec.decode(Arrays.copyOf(bytes, bytes.length + 3)));

    assertThat(e.reason()).isEqualTo("malformed");
    assertThat(e.detail()).isEqualTo("OrderEvent: 3 bytes after its end (expected 0)");
  }

  @Test
  void a_length_beyond_the_record_is_malformed() throws IOException {
    byte[] header =
        Arrays.copyOf(
            codec.encode(new SampleEvents(3).full(OrderEvent.getClassSchema())), codec.header());
    for (long length :
        new long[] {
          -1, 100, Integer.MAX_VALUE, 1L << 31, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE
        }) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      bytes.writeBytes(header);
      BinaryEncoder body = EncoderFactory.get().binaryEncoder(bytes, null);
      body.writeLong(length);
      body.writeFixed(new byte[99]);
      body.flush();

      var e = undecodable(() -> codec.decode(bytes.toByteArray()));

      assertThat(e.reason()).isEqualTo("malformed");
      assertThat(e.detail()).startsWith("OrderEvent: a string of " + length + " bytes where 99 ");
    }
  }

  @Test
  void text_that_is_not_utf_8_is_malformed_and_the_replacement_character_is_not() throws Exception {
    ListEntry entry = (ListEntry) new SampleEvents(3).full(ListEntry.getClassSchema());
    entry.setValue("x\uFFFDy");
    byte[] bytes = codec.encode(entry);
    assertThat(codec.decode(bytes)).isEqualTo(entry);

    for (int i = codec.header(); i < bytes.length; i++) {
      if (bytes[i] == 'x' && bytes[i + 1] == (byte) 0xEF) {
        bytes[i + 1] = (byte) 0xFF;
      }
    }

    assertThat(undecodable(() -> codec.decode(bytes)).detail())
        .startsWith("ListEntry: a string that is not UTF-8");
  }

  @Test
  void a_record_longer_than_the_limit_is_too_large_both_ways() {
    OrderEvent order = (OrderEvent) new SampleEvents(3).full(OrderEvent.getClassSchema());
    order.setGoods("x".repeat(2000));
    byte[] bytes = codec.encode(order);
    EventCodec narrow = EventCodec.singleObject().limitedTo(2000);

    var e = undecodable(() -> narrow.decode(bytes));

    assertThat(e.reason()).isEqualTo("too_large");
    assertThat(e.detail()).isEqualTo(bytes.length + " bytes (expected at most 2000)");
    assertThatThrownBy(() -> narrow.encode(order))
        .hasMessage("OrderEvent of " + bytes.length + " bytes (expected at most 2000)");
    assertThat(undecodable(() -> codec.decode(new byte[(1 << 20) + 1])).reason())
        .isEqualTo("too_large");
    assertThatThrownBy(() -> codec.limitedTo(9))
        .hasMessage("maxBytes: 9 (expected at least 10, the header's length)");
  }

  @Test
  void a_record_that_cannot_be_written_leaves_nothing_in_the_next_one() throws Exception {
    OrderEvent good = (OrderEvent) new SampleEvents(3).full(OrderEvent.getClassSchema());
    OrderEvent bad = OrderEvent.newBuilder(good).build();
    bad.setCurrency(null);

    assertThatThrownBy(() -> codec.encode(bad))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("OrderEvent cannot be written: currency: null (expected a value)");
    assertThat(codec.decode(codec.encode(good))).isEqualTo(good);
  }

  @Test
  void only_the_records_of_streams_are_written() {
    assertThatThrownBy(() -> codec.encode(new Text("好", "good")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("io.fenghuo.schemas.Text (expected the record of a stream)");
  }

  @Test
  void a_later_version_with_more_fields_and_symbols_is_read_once_its_schema_is_known()
      throws Exception {
    Schema later = laterOrderEvent();
    OrderEvent order = (OrderEvent) new SampleEvents(3).full(OrderEvent.getClassSchema());
    order.setType(OrderType.UNKNOWN);
    GenericRecord written = copy(order, later);
    written.put("type", new GenericData.EnumSymbol(later.getField("type").schema(), "EXCHANGED"));
    written.put("giftWrap", Map.of("paper", "red"));
    byte[] bytes = new BinaryMessageEncoder<>(GenericData.get(), later).encode(written).array();

    assertThat(undecodable(() -> codec.decode(bytes)).reason()).isEqualTo("unknown_schema");

    EventCodec informed = EventCodec.singleObject(later).limitedTo(10_000);
    assertThat(informed.decode(bytes)).isEqualTo(order);
    assertThat(informed.decode(codec.encode(order))).isEqualTo(order);
  }

  @Test
  void a_later_reader_gives_the_fields_it_added_their_defaults() throws Exception {
    Schema later = laterOrderEvent();
    OrderEvent order = (OrderEvent) new SampleEvents(3).full(OrderEvent.getClassSchema());
    byte[] bytes = codec.encode(order);

    // The later release has another class; its generic record stands for it.
    BoundedDecoder body = new BoundedDecoder();
    body.reset(bytes, codec.header());
    GenericRecord read =
        new org.apache.avro.generic.GenericDatumReader<GenericRecord>(
                OrderEvent.getClassSchema(), later)
            .read(null, body);

    assertThat(read.get("giftWrap")).isEqualTo(Map.of());
    assertThat(read.get("orderId")).hasToString(order.getOrderId());
    assertThat(body.remaining()).isZero();
  }

  @Test
  void a_version_that_cannot_be_read_as_todays_is_refused_when_it_is_made_known() {
    Schema lacking =
        SchemaBuilder.record("io.fenghuo.schemas.OrderEvent")
            .fields()
            .requiredString("eventId")
            .endRecord();

    assertThatThrownBy(() -> EventCodec.singleObject(lacking))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot be read as today's")
        .hasMessageContaining("orderId");
    assertThatThrownBy(() -> EventCodec.singleObject(Schema.create(Schema.Type.STRING)))
        .hasMessage("string (expected the record of a stream)");
  }

  @Test
  void confluent_wire_format_names_the_schema_by_its_number() throws Exception {
    RememberingRegistry registry = new RememberingRegistry();
    EventCodec confluent = EventCodec.confluent(registry);
    OrderEvent order = (OrderEvent) new SampleEvents(3).full(OrderEvent.getClassSchema());

    byte[] bytes = confluent.encode(order);

    assertThat(registry.ids).containsOnlyKeys("orders-value");
    assertThat(Arrays.copyOf(bytes, 5)).containsExactly(0, 1, 2, 3, 4);
    assertThat(Arrays.copyOfRange(bytes, 5, bytes.length))
        .isEqualTo(Arrays.copyOfRange(codec.encode(order), 10, bytes.length + 5));
    assertThat(confluent.decode(bytes)).isEqualTo(order);
    assertThat(confluent.decode(bytes, OrderEvent.class)).isEqualTo(order);
    assertThat(confluent.streamOf(bytes)).contains(Stream.ORDERS);
    assertThat(undecodable(() -> confluent.decode(codec.encode(order))).detail())
        .contains("perhaps single-object encoding");
    bytes[4] = 5;
    assertThat(undecodable(() -> confluent.decode(bytes)).reason()).isEqualTo("unknown_schema");
  }

  @Test
  void a_registry_that_is_down_is_no_fault_of_the_record() {
    SchemaRegistryException down = new SchemaRegistryException("down", null);
    EventCodec confluent =
        EventCodec.confluent(
            new SchemaRegistry() {
              @Override
              public int idOf(String subject, Schema schema) {
                throw down;
              }

              @Override
              public Schema byId(int id) {
                throw down;
              }
            });

    assertThatThrownBy(() -> confluent.decode(new byte[20])).isSameAs(down);
    assertThatThrownBy(
            () -> confluent.encode(new SampleEvents(3).full(OrderEvent.getClassSchema())))
        .isSameAs(down);
  }

  @Test
  void a_registered_schema_nested_without_end_does_not_exhaust_the_stack() throws Exception {
    Schema nested =
        new Schema.Parser()
            .parse(
                Stream.LISTS
                    .schema()
                    .toString()
                    .replace(
                        "\"fields\":[",
                        "\"fields\":[{\"name\":\"deep\",\"type\":{\"type\":\"record\",\"name\":"
                            + "\"Deep\",\"fields\":[{\"name\":\"deeper\",\"type\":[\"null\","
                            + "\"Deep\"]}]}},"));
    EventCodec informed = EventCodec.singleObject(nested);
    byte[] bytes = new byte[1 << 20];
    Arrays.fill(bytes, (byte) 2);
    long fingerprint = org.apache.avro.SchemaNormalization.parsingFingerprint64(nested);
    bytes[0] = (byte) 0xC3;
    bytes[1] = 1;
    for (int i = 0; i < 8; i++) {
      bytes[2 + i] = (byte) (fingerprint >> 8 * i);
    }

    assertThat(undecodable(() -> informed.decode(bytes)).reason()).isEqualTo("malformed");
    assertThatCode(
            () ->
                informed.decode(codec.encode(new SampleEvents(3).full(ListEntry.getClassSchema()))))
        .doesNotThrowAnyException();
  }

  private static Schema laterOrderEvent() {
    return new Schema.Parser()
        .parse(
            OrderEvent.getClassSchema()
                .toString()
                .replace("\"REFUNDED\",", "\"REFUNDED\",\"EXCHANGED\",")
                .replace(
                    "{\"name\":\"userId\"",
                    "{\"name\":\"giftWrap\",\"type\":{\"type\":\"map\",\"values\":\"string\"},"
                        + "\"default\":{}},{\"name\":\"userId\""));
  }

  private static GenericRecord copy(SpecificRecord event, Schema schema) {
    GenericRecord copy = new GenericData.Record(schema);
    for (Schema.Field field : event.getSchema().getFields()) {
      copy.put(field.name(), event.get(field.pos()));
    }
    return copy;
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static UndecodableException undecodable(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable decoding) {
    var e = catchThrowableOfType(UndecodableException.class, decoding);
    assertThat(e).isNotNull();
    return e;
  }

  /** A registry in memory that knows nothing but what it was told. */
  private static final class RememberingRegistry implements SchemaRegistry {
    private static final int FIRST = 0x01020304;
    private final Map<String, Integer> ids = new HashMap<>();
    private final Map<Integer, Schema> schemas = new HashMap<>();

    @Override
    public int idOf(String subject, Schema schema) {
      int id = FIRST + ids.size();
      ids.put(subject, id);
      schemas.put(id, schema);
      return id;
    }

    @Override
    public Schema byId(int id) throws UnknownSchemaException {
      Schema schema = schemas.get(id);
      if (schema == null) {
        throw new UnknownSchemaException("schema id " + id);
      }
      return schema;
    }
  }
}
