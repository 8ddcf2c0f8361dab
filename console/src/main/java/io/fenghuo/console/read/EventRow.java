package io.fenghuo.console.read;

import io.fenghuo.schemas.EventJson;
import io.fenghuo.schemas.LoginEvent;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.PaymentEvent;
import io.fenghuo.schemas.Stream;
import java.time.Instant;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/** An event of the shop as a row. */
record EventRow(
    String eventId,
    Instant time,
    String stream,
    String kind,
    String orderId,
    String userId,
    String deviceId,
    String account,
    String address,
    String ip,
    String body) {

  /** Empty for what is no order, payment or login. */
  static Optional<EventRow> of(Stream stream, SpecificRecord record) {
    if (record instanceof OrderEvent order) {
      return Optional.of(
          new EventRow(
              order.getEventId(),
              Instant.ofEpochMilli(order.getEventTime()),
              stream.topic(),
              order.getType().name(),
              order.getOrderId(),
              order.getUserId(),
              order.getDeviceId(),
              order.getAccountToken(),
              order.getAddressToken(),
              order.getIp(),
              EventJson.toJson(order)));
    }
    if (record instanceof PaymentEvent payment) {
      return Optional.of(
          new EventRow(
              payment.getEventId(),
              Instant.ofEpochMilli(payment.getEventTime()),
              stream.topic(),
              payment.getStatus().name(),
              payment.getOrderId(),
              payment.getUserId(),
              payment.getDeviceId(),
              payment.getAccountToken(),
              null,
              payment.getIp(),
              EventJson.toJson(payment)));
    }
    if (record instanceof LoginEvent login) {
      return Optional.of(
          new EventRow(
              login.getEventId(),
              Instant.ofEpochMilli(login.getEventTime()),
              stream.topic(),
              login.getKind().name(),
              null,
              login.getUserId(),
              login.getDeviceId(),
              null,
              null,
              login.getIp(),
              EventJson.toJson(login)));
    }
    return Optional.empty();
  }
}
