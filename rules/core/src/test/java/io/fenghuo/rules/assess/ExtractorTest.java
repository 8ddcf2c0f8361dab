package io.fenghuo.rules.assess;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.Event;
import io.fenghuo.rules.EventType;
import io.fenghuo.rules.definition.RuleSet;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.LoginEvent;
import io.fenghuo.schemas.LoginKind;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.OrderType;
import java.util.EnumMap;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

/** Who hears of an event, and from whom an answer is awaited. */
class ExtractorTest {
  private static final Map<String, String> FILES =
      Map.of(
          "features.yaml",
          """
          features:
            user.orders: { of: OrderEvent, aggregate: count, window: 1 hour }
            ip.logins:   { of: LoginEvent, aggregate: count, window: 1 hour }
            user.logins: { of: LoginEvent, aggregate: count, window: 1 hour }
          """,
          "many.yaml",
          "title: { zh: T, en: T }\nwhen: OrderEvent(user.orders > 1)",
          "both.yaml",
          """
          title: { zh: T, en: T }
          when: LoginEvent(ip.logins > 1 and user.logins > 1)
          entity: user
          alert: { severity: notice, summary: { zh: S, en: S } }
          """);

  private final Plan plan = Plan.of(RuleSet.read(FILES));

  ExtractorTest() throws Exception {}

  /** Filters here have no conditions, so an event matches all of its type. */
  private EventFilters filters() {
    return new EventFilters() {
      @Override
      public void match(EventType type, SpecificRecord record, long[] matching) {
        for (int f = 0; f < plan.filters().size(); f++) {
          if (plan.filters().get(f).types().contains(type)) {
            Bits.set(matching, f);
          }
        }
      }

      @Override
      public void close() {}
    };
  }

  private Map<EntityKind, Visit> visits(SpecificRecord record) {
    Map<EntityKind, Visit> visits = new EnumMap<>(EntityKind.class);
    new Extractor(plan, filters())
        .extract(
            new Event(record, EventCodec.singleObject().encode(record)),
            visit -> visits.put(visit.kind(), visit));
    return visits;
  }

  private static int bits(EntityKind... kinds) {
    int bits = 0;
    for (EntityKind kind : kinds) {
      bits |= 1 << kind.ordinal();
    }
    return bits;
  }

  private static OrderEvent order(OrderType type) {
    return OrderEvent.newBuilder()
        .setEventId("e")
        .setEventTime(1)
        .setOrderId("o1")
        .setType(type)
        .setUserId("u1")
        .setIp("1.2.3.4")
        .build();
  }

  @Test
  void ofAnOrdersCreationAllItsEntitiesMustSpeakAndTheOrderSendsItAlong() {
    Map<EntityKind, Visit> visits = visits(order(OrderType.CREATED));
    assertThat(visits).containsOnlyKeys(EntityKind.USER, EntityKind.IP, EntityKind.ORDER);
    assertThat(visits.values())
        .allSatisfy(
            visit -> {
              assertThat(visit.expected())
                  .isEqualTo(bits(EntityKind.USER, EntityKind.IP, EntityKind.ORDER));
              assertThat(visit.group()).isEqualTo("o1");
              assertThat(visit.head()).isEqualTo(visit.kind() == EntityKind.ORDER);
            });
    assertThat(Bits.isEmpty(visits.get(EntityKind.USER).rules())).isFalse();
    assertThat(Bits.isEmpty(visits.get(EntityKind.IP).rules())).isTrue();
  }

  @Test
  void ofALaterEventEachEntitySpeaksForItself() {
    Map<EntityKind, Visit> visits = visits(order(OrderType.SHIPPED));
    assertThat(visits).containsOnlyKeys(EntityKind.USER, EntityKind.IP, EntityKind.ORDER);
    assertThat(visits.values()).allSatisfy(visit -> assertThat(visit.expected()).isZero());
  }

  @Test
  void aRuleOnTwoEntitiesWaitsForBothWhateverTheEvent() {
    LoginEvent login =
        LoginEvent.newBuilder()
            .setEventId("e")
            .setEventTime(1)
            .setKind(LoginKind.LOGIN)
            .setSuccess(true)
            .setUserId("u1")
            .setDeviceId("d1")
            .setIp("1.2.3.4")
            .build();
    Map<EntityKind, Visit> visits = visits(login);
    assertThat(visits).containsOnlyKeys(EntityKind.USER, EntityKind.IP);
    Visit user = visits.get(EntityKind.USER);
    assertThat(user.expected()).isEqualTo(bits(EntityKind.USER, EntityKind.IP));
    assertThat(user.group()).isEqualTo("event:e");
    assertThat(user.head()).isTrue();
    assertThat(visits.get(EntityKind.IP).head()).isFalse();
  }

  @Test
  void nobodyIsAskedWhenTheAlertWouldSpeakOfNobody() {
    LoginEvent login =
        LoginEvent.newBuilder()
            .setEventId("e")
            .setEventTime(1)
            .setKind(LoginKind.LOGIN)
            .setSuccess(true)
            .setIp("1.2.3.4")
            .build();
    assertThat(visits(login).get(EntityKind.IP).rules()).isNull();
  }

  @Test
  void aBlankKeyIsNobodys() {
    LoginEvent login =
        LoginEvent.newBuilder()
            .setEventId("e")
            .setEventTime(1)
            .setKind(LoginKind.LOGIN)
            .setUserId(" ")
            .setIp("1.2.3.4")
            .setSuccess(true)
            .build();
    assertThat(visits(login)).containsOnlyKeys(EntityKind.IP);
  }

  @Test
  void nobodyHearsOfAnEventThatMatchesNoFilter() {
    LoginEvent login =
        LoginEvent.newBuilder()
            .setEventId("e")
            .setEventTime(1)
            .setKind(LoginKind.LOGIN)
            .setUserId("u")
            .setIp("1.2.3.4")
            .setSuccess(true)
            .build();
    EventFilters none =
        new EventFilters() {
          @Override
          public void match(EventType type, SpecificRecord record, long[] matching) {}

          @Override
          public void close() {}
        };
    new Extractor(plan, none)
        .extract(
            new Event(login, EventCodec.singleObject().encode(login)),
            visit -> {
              throw new AssertionError(visit);
            });
  }
}
