package io.fenghuo.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EventJsonTest {
  private static final Schema ORDER = OrderEvent.getClassSchema();
  private static final String REQUIRED =
      "'eventId':'e1','eventTime':1794398400000,'orderId':'o1','type':'CREATED'";

  @ParameterizedTest
  @EnumSource
  void what_is_written_is_read_back(Stream stream) {
    SampleEvents samples = new SampleEvents(20260101);
    for (int i = 0; i < 200; i++) {
      SpecificRecord event = samples.any(stream.schema());
      String json = EventJson.toJson(event);

      assertThat(EventJson.fromJson(stream.schema(), json)).as(json).isEqualTo(event);
      assertThat(json).doesNotContain("\n");
    }
  }

  @Test
  void fields_are_written_in_the_schemas_order_and_nulls_left_out() {
    assertThat(EventJson.toJson(order("{" + REQUIRED + ",'userId':'上海'}")))
        .isEqualTo(
            quoted(
                "{'eventId':'e1','eventTime':1794398400000,'orderId':'o1','type':'CREATED',"
                    + "'userId':'上海','amount':0,'currency':'CNY','discount':0,"
                    + "'firstOrder':false,'items':[],'cityTier':0}"));
  }

  @Test
  void missing_fields_take_their_defaults_each_record_its_own() {
    OrderEvent first = order("{" + REQUIRED + "}");
    first.getItems().add(new OrderItem("p1", null, 1, 1L));
    OrderEvent second = order("{" + REQUIRED + ",'items':[{'productId':'p2'}],'ip':null}");

    assertThat(order("{" + REQUIRED + "}").getItems()).isEmpty();
    assertThat(second.getItems()).containsExactly(new OrderItem("p2", null, 1, 0L));
    assertThat(second.getIp()).isNull();
    assertThat(second.getCurrency()).isEqualTo("CNY");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          'amount':'12.50'      | amount: "12.50" (expected: a whole number of minor units, long)
          'amount':1.5          | amount: 1.5 (expected: a whole number of minor units, long)
          'amount':1e3          | amount: 1E+3 (expected: a whole number of minor units, long)
          'amount':1.0          | amount: 1.0 (expected: a whole number of minor units, long)
          'amount':null         | amount: null (expected: a whole number of minor units, long)
          'amount':9223372036854775808 | amount: 9223372036854775808 (expected: a whole number of minor units, long)
          'cityTier':2147483648 | cityTier: 2147483648 (expected: a whole number, int)
          'firstOrder':1        | firstOrder: 1 (expected: true or false)
          'userId':7            | userId: 7 (expected: text in quotes)
          'currency':null       | currency: null (expected: text in quotes)
          'type':'CREATE'       | type: "CREATE" (expected one of CREATED, CANCELLED, SHIPPED, DELIVERED, REFUND_REQUESTED, REFUNDED, UNKNOWN; did you mean CREATED?)
          'type':'created'      | type: "created" (expected one of CREATED, CANCELLED, SHIPPED, DELIVERED, REFUND_REQUESTED, REFUNDED, UNKNOWN; did you mean CREATED?)
          'type':'PURCHASE'     | type: "PURCHASE" (expected one of CREATED, CANCELLED, SHIPPED, DELIVERED, REFUND_REQUESTED, REFUNDED, UNKNOWN)
          'type':null           | type: null (expected one of CREATED, CANCELLED, SHIPPED, DELIVERED, REFUND_REQUESTED, REFUNDED, UNKNOWN)
          'userid':'u1'         | userid: unknown field (did you mean userId?)
          'user_id':'u1'        | user_id: unknown field (did you mean userId?)
          'items':{}            | items: {} (expected: a list)
          'items':['p1']        | items[0]: "p1" (expected: an object, OrderItem)
          'items':[{'productId':'p1'},{'price':1}] | items[1].productId: missing (expected: text in quotes)
          'items':[{'productId':'p1','prize':1}] | items[0].prize: unknown field (did you mean price?)
          'eventTime':'today'   | eventTime: "today" (expected: milliseconds since 1970-01-01 UTC, long, or ISO 8601 text with an offset such as 2026-11-11T20:00:00+08:00)
          """)
  void a_wrong_field_is_named_with_its_value_and_what_was_expected(String field, String message) {
    String name = field.substring(0, field.indexOf(':'));
    String json = "{" + (REQUIRED + ",").replaceAll(name + ":[^,]*,", "") + field + "}";

    assertThatThrownBy(() -> order(json))
        .isInstanceOf(InvalidEventException.class)
        .hasMessage(message)
        .extracting(e -> ((InvalidEventException) e).path())
        .isEqualTo(message.substring(0, message.indexOf(": ")));
  }

  @Test
  void a_missing_required_field_is_named() {
    assertThatThrownBy(() -> order(("{" + REQUIRED + "}").replace("'orderId':'o1',", "")))
        .hasMessage("orderId: missing (expected: text in quotes)");
    assertThatThrownBy(() -> order("{}")).hasMessage("eventId: missing (expected: text in quotes)");
  }

  @Test
  void a_field_like_no_other_gets_the_list_of_those_there_are() {
    assertThatThrownBy(
            () -> EventJson.fromMap(Text.getClassSchema(), Map.of("français", "bonjour")))
        .hasMessage("français: unknown field (Text has zh, en)");
  }

  @Test
  void text_that_is_not_one_json_object_says_so() {
    assertThatThrownBy(() -> order("{'eventId':"))
        .isInstanceOf(InvalidEventException.class)
        .hasMessageStartingWith("OrderEvent: not JSON at line 1, column ");
    assertThatThrownBy(() -> order("{'eventId':'e1'"))
        .hasMessageEndingWith(
            "expected close marker for Object (start marker at line: 1, column: 1)");
    assertThatThrownBy(() -> order("")).hasMessageStartingWith("OrderEvent: not JSON");
    assertThatThrownBy(() -> order("{} {}")).hasMessageStartingWith("OrderEvent: not JSON");
    assertThatThrownBy(() -> order("{'ip':'a','ip':'b'}"))
        .hasMessageStartingWith("OrderEvent: not JSON")
        .hasMessageContaining("Duplicate");
    assertThatThrownBy(() -> order("[1]"))
        .hasMessage("OrderEvent: [1] (expected: an object, OrderEvent)");
    assertThatThrownBy(() -> order("null"))
        .hasMessage("OrderEvent: null (expected: an object, OrderEvent)");
    assertThatThrownBy(() -> order("[".repeat(100_000))).isInstanceOf(InvalidEventException.class);
  }

  @Test
  void a_long_value_is_cut_in_the_message() {
    assertThatThrownBy(() -> order("{" + REQUIRED + ",'amount':'" + "9".repeat(5000) + "'}"))
        .hasMessage(
            "amount: \"" + "9".repeat(79) + "… (expected: a whole number of minor units, long)");
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-11T20:00:00+08:00",
    "2026-11-11T12:00:00Z",
    "2026-11-11T12:00Z",
    "2026-11-11T12:00:00.000Z"
  })
  void event_time_may_be_iso_8601_text(String text) {
    assertThat(order(("{" + REQUIRED + "}").replace("1794398400000", "'" + text + "'")))
        .extracting(OrderEvent::getEventTime)
        .isEqualTo(1794398400000L);
  }

  @Test
  void event_time_may_be_what_a_yaml_parser_makes_of_it() {
    Instant time = Instant.ofEpochMilli(1794398400000L);
    for (Object given : List.of(time, Date.from(time), time.toEpochMilli())) {
      Map<String, Object> fields =
          Map.of("eventId", "e1", "orderId", "o1", "type", "SHIPPED", "eventTime", given);

      assertThat(((OrderEvent) EventJson.fromMap(ORDER, fields)).getEventTime())
          .isEqualTo(1794398400000L);
    }
  }

  @Test
  void a_double_may_be_written_as_a_whole_number_and_need_not_be_one() {
    for (Object given : List.of(1, 1L, 1.0, 1.0f, BigInteger.ONE, new BigDecimal("1.0"))) {
      ResourceSample sample =
          (ResourceSample)
              EventJson.fromMap(
                  ResourceSample.getClassSchema(),
                  Map.of("eventId", "e1", "eventTime", 1L, "host", "h1", "cpu", given));

      assertThat(sample.getCpu()).isEqualTo(1.0);
    }
    assertThatThrownBy(() -> resources("'cpu':'high'"))
        .hasMessage("cpu: \"high\" (expected: a number, double)");
    assertThatThrownBy(() -> resources("'cpu':1e999"))
        .hasMessage("cpu: 1E+999 (expected: a number, double)");
  }

  @Test
  void a_double_that_is_no_number_survives() {
    for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY, -1 / 0.0}) {
      ResourceSample sample = resources("'cpu':0");
      sample.setCpu(value);

      assertThat(EventJson.fromJson(ResourceSample.getClassSchema(), EventJson.toJson(sample)))
          .isEqualTo(sample);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          3      | java.lang.Long
          3.0    | java.lang.Double
          true   | java.lang.Boolean
          "3"    | java.lang.String
          """,
      quoteCharacter = '`')
  void a_feature_value_keeps_its_type(String value, Class<?> type) {
    String json = "{\"name\":\"user.orders\",\"value\":" + value + "}";
    FeatureValue feature = (FeatureValue) EventJson.fromJson(FeatureValue.getClassSchema(), json);

    assertThat(feature.getValue()).isExactlyInstanceOf(type);
    assertThat(EventJson.toJson(feature)).isEqualTo(json);
  }

  @Test
  void a_feature_without_a_value_has_none_written() {
    FeatureValue feature =
        (FeatureValue)
            EventJson.fromMap(FeatureValue.getClassSchema(), Map.of("name", "user.orders"));

    assertThat(feature.getValue()).isNull();
    assertThat(EventJson.toJson(feature)).isEqualTo("{\"name\":\"user.orders\"}");
    assertThatThrownBy(
            () ->
                EventJson.fromMap(
                    FeatureValue.getClassSchema(), Map.of("name", "n", "value", List.of())))
        .hasMessage("value: [] (expected one of null, long, double, boolean, string)");
    assertThatThrownBy(
            () ->
                EventJson.fromJson(
                    FeatureValue.getClassSchema(),
                    "{\"name\":\"n\",\"value\":9223372036854775808}"))
        .isInstanceOf(InvalidEventException.class);
  }

  @Test
  void bytes_are_base64() {
    String json =
        quoted(
            "{'topic':'orders','partition':1,'offset':2,'timestamp':3,'reason':'malformed',"
                + "'detail':'d','value':'wwE=','valueLength':2}");
    DeadLetter letter = (DeadLetter) EventJson.fromJson(DeadLetter.getClassSchema(), json);

    assertThat(letter.getValue().array()).containsExactly(0xC3, 0x01);
    assertThat(EventJson.toJson(letter)).isEqualTo(json);
    assertThat(EventJson.toJson(letter)).as("written twice").isEqualTo(json);
    assertThatThrownBy(
            () -> EventJson.fromJson(DeadLetter.getClassSchema(), json.replace("wwE=", "%")))
        .hasMessage("value: \"%\" (expected: base64 text)");
  }

  @Test
  void a_maps_values_are_named_by_their_keys() {
    Map<String, Object> labels = new HashMap<>(Map.of("rule", 7));
    Map<String, Object> alert = new HashMap<>();
    for (String name : List.of("alertId", "fingerprint", "ruleId")) {
      alert.put(name, "x");
    }
    alert.put("mode", "LIVE");
    alert.put("severity", "NOTICE");
    alert.put("labels", labels);

    assertThatThrownBy(() -> EventJson.fromMap(Alert.getClassSchema(), alert))
        .hasMessage("labels.rule: 7 (expected: text in quotes)");
    alert.put("labels", Map.of(7, "x"));
    assertThatThrownBy(() -> EventJson.fromMap(Alert.getClassSchema(), alert))
        .hasMessage("labels: 7 (expected: text for a key)");
  }

  private static OrderEvent order(String json) {
    return (OrderEvent) EventJson.fromJson(ORDER, quoted(json));
  }

  private static ResourceSample resources(String field) {
    return (ResourceSample)
        EventJson.fromJson(
            ResourceSample.getClassSchema(),
            quoted("{'eventId':'e1','eventTime':1,'host':'h1'," + field + "}"));
  }

  private static String quoted(String json) {
    return json.replace('\'', '"');
  }
}
