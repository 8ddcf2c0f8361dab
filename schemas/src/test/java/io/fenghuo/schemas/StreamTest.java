package io.fenghuo.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StreamTest {

  @ParameterizedTest
  @CsvSource({
    "ORDERS, orders, userId",
    "PAYMENTS, payments, userId",
    "LOGINS, logins, userId",
    "TRAFFIC, traffic, visitorId",
    "RESOURCES, resources, host",
    "DECISIONS, decisions, orderId",
    "ALERTS, alerts, fingerprint",
    "REVIEWS, reviews, orderId"
  })
  void a_record_is_keyed_by_its_entity(Stream stream, String topic, String keyField) {
    var event = new SampleEvents(1).full(stream.schema());

    assertThat(stream.topic()).isEqualTo(topic);
    assertThat(stream.keyOf(event))
        .isEqualTo(event.get(stream.schema().getField(keyField).pos()))
        .isNotNull();
  }

  @Test
  void a_list_entry_is_keyed_by_entity_value_and_list() {
    var entry =
        EventJson.fromJson(
            ListEntry.getClassSchema(),
            "{'list':'DENY','entity':'ip','value':'2001:db8::1','reason':'bot'}"
                .replace('\'', '"'));

    assertThat(Stream.LISTS.keyOf(entry)).isEqualTo("ip:2001:db8::1:DENY");
  }

  @Test
  void a_figure_is_keyed_by_name_dimensions_and_window() {
    KpiPoint point =
        KpiPoint.newBuilder()
            .setName("gmv")
            .setDimensions(Map.of("province", "a,b=c", "channel", "app"))
            .setWindow(Window.DAY)
            .setFrom(7)
            .setTo(8)
            .setNumerator(1)
            .setDenominator(1)
            .setUnit("fen")
            .setRevision(1)
            .build();

    assertThat(Stream.KPIS.keyOf(point)).isEqualTo("gmv{channel=app,province=a\\,b\\=c}/DAY/7");
    point.setDimensions(Map.of());
    assertThat(Stream.KPIS.keyOf(point)).isEqualTo("gmv{}/DAY/7");
  }

  @Test
  void a_record_without_its_entity_has_no_key() {
    assertThat(Stream.ORDERS.keyOf(new SampleEvents(1).empty(Stream.ORDERS.schema()))).isNull();
    assertThat(Stream.LISTS.keyOf(new ListEntry())).isNull();
    assertThat(Stream.DEAD_LETTERS.keyOf(new SampleEvents(1).full(Stream.DEAD_LETTERS.schema())))
        .isNull();
  }

  @Test
  void a_record_of_another_stream_has_no_key_here() {
    assertThatThrownBy(() -> Stream.ORDERS.keyOf(new Alert()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Alert on topic orders (expected OrderEvent)");
  }

  @ParameterizedTest
  @EnumSource
  void a_stream_is_found_by_topic_and_by_schema(Stream stream) throws Exception {
    assertThat(Stream.ofTopic(stream.topic())).contains(stream);
    assertThat(Stream.ofSchema(stream.schema())).contains(stream);
    assertThat(stream.recordClass().getDeclaredConstructor().newInstance().getSchema())
        .isEqualTo(stream.schema());
  }

  @Test
  void other_topics_and_schemas_belong_to_no_stream() {
    assertThat(Stream.ofTopic("order")).isEmpty();
    assertThat(Stream.ofSchema(Text.getClassSchema())).isEmpty();
    assertThat(Stream.ofSchema(Schema.create(Schema.Type.LONG))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void only_lists_and_figures_are_compacted(Stream stream) {
    assertThat(stream.compacted()).isEqualTo(stream == Stream.LISTS || stream == Stream.KPIS);
  }
}
