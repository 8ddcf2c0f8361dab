package io.fenghuo.rules.reference;

import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.ListEntry;
import io.fenghuo.schemas.ListKind;
import io.fenghuo.schemas.LoginEvent;
import io.fenghuo.schemas.LoginKind;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.OrderType;
import io.fenghuo.schemas.PaymentEvent;
import io.fenghuo.schemas.PaymentStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;

/** Rules, events and lists of one test. Times are milliseconds. */
final class Scene {

  private final Map<String, String> files = new TreeMap<>();
  private final List<SpecificRecord> events = new ArrayList<>();
  private final List<ListEntry> lists = new ArrayList<>();

  Scene file(String path, String yaml) {
    files.put(path, yaml);
    return this;
  }

  Scene feature(String name, String body) {
    files.merge(
        "features.yaml",
        "features:\n  " + name + ": { " + body + " }\n",
        (old, more) -> old + more.substring("features:\n".length()));
    return this;
  }

  Scene event(SpecificRecord event) {
    events.add(event);
    return this;
  }

  Scene login(String id, long time, Consumer<LoginEvent> with) {
    LoginEvent login =
        LoginEvent.newBuilder()
            .setEventId(id)
            .setEventTime(time)
            .setKind(LoginKind.LOGIN)
            .setSuccess(true)
            .setUserId("u1")
            .setDeviceId("d1")
            .build();
    with.accept(login);
    return event(login);
  }

  Scene login(String id, long time, boolean success) {
    return login(id, time, login -> login.setSuccess(success));
  }

  Scene order(String id, long time, Consumer<OrderEvent> with) {
    OrderEvent order =
        OrderEvent.newBuilder()
            .setEventId(id)
            .setEventTime(time)
            .setOrderId("o1")
            .setType(OrderType.CREATED)
            .setUserId("u1")
            .setDeviceId("d1")
            .setAmount(100)
            .build();
    with.accept(order);
    return event(order);
  }

  Scene order(String id, long time) {
    return order(id, time, order -> {});
  }

  Scene payment(String id, long time, PaymentStatus status) {
    return event(
        PaymentEvent.newBuilder()
            .setEventId(id)
            .setEventTime(time)
            .setOrderId("o1")
            .setStatus(status)
            .setUserId("u1")
            .setAmount(100)
            .build());
  }

  Scene list(ListKind list, String user, Consumer<ListEntry> with) {
    ListEntry entry =
        ListEntry.newBuilder()
            .setList(list)
            .setEntity("user")
            .setValue(user)
            .setReason("because")
            .build();
    with.accept(entry);
    lists.add(entry);
    return this;
  }

  Scene list(ListKind list, String user) {
    return list(list, user, entry -> {});
  }

  ReferenceEvaluator.Result run() {
    return new ReferenceEvaluator(files).evaluate(events, lists);
  }

  List<Decision> decisions() {
    return run().decisions();
  }

  List<Alert> alerts() {
    return run().alerts();
  }

  /** Features at the creation event of that id. */
  Map<String, Object> at(String eventId) {
    return run().features().get(eventId);
  }
}
