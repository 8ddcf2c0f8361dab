package io.fenghuo.alerting.deliver;

import io.fenghuo.alerting.Json;
import io.fenghuo.alerting.channel.Channel;
import io.fenghuo.alerting.channel.Notice;
import io.fenghuo.alerting.config.Receiver;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Every notification is a row here before it is a request anywhere. */
public final class Outbox {

  /** The reason of a notification whose addresses stood for nobody; it goes the next way. */
  static final String NOBODY = "nobody";

  private Outbox() {}

  /**
   * Queues a notice to all of a receiver's channels, one row for each address.
   *
   * @param cause what this notice is about, unlike any other; the ids are derived from it
   * @return how many rows
   */
  public static int queue(
      Handle handle, Receiver receiver, Notice notice, String cause, Instant now) {
    int rows = 0;
    for (String channel : receiver.channels().keySet()) {
      rows += queue(handle, receiver, channel, notice, cause, now);
    }
    return rows;
  }

  /** Queues a notice to one channel of a receiver. */
  public static int queue(
      Handle handle, Receiver receiver, String channel, Notice notice, String cause, Instant now) {
    Channel way = receiver.channels().get(channel);
    List<String> addresses = way.addresses(now);
    for (String address : addresses) {
      insert(handle, receiver, channel, address, notice, cause, now);
    }
    if (addresses.isEmpty()) {
      // Nobody to tell, as when nobody is on duty: a failure that can be seen, not a silence.
      String id = insert(handle, receiver, channel, "", notice, cause, now);
      handle
          .createUpdate("update notification set reason = :nobody where id = :id and attempts = 0")
          .bind("nobody", NOBODY)
          .bind("id", id)
          .execute();
    }
    return addresses.size();
  }

  private static String insert(
      Handle handle,
      Receiver receiver,
      String channel,
      String address,
      Notice notice,
      String cause,
      Instant now) {
    String id = id(cause, channel, address);
    handle
        .createUpdate(
            "insert into notification (id, lane, kind, receiver, channel, address, priority, notice,"
                + " incident_id, state, created_at, next_attempt_at, deadline) values (:id, :lane,"
                + " :kind, :receiver, :channel, :address, :priority, cast(:notice as jsonb),"
                + " :incident, 'queued', :now, :now, :deadline) on conflict (id) do nothing")
        .bind("id", id)
        .bind("lane", id(notice.groupKey(), channel, address))
        .bind("kind", notice.kind())
        .bind("receiver", receiver.name())
        .bind("channel", channel)
        .bind("address", address)
        .bind("priority", priority(notice))
        .bind("notice", Json.write(notice))
        .bind("incident", notice.incidentId().isEmpty() ? null : notice.incidentId())
        .bind("now", now)
        .bind("deadline", now.plus(receiver.deliverWithin()))
        .execute();
    return id;
  }

  private static int priority(Notice notice) {
    int howBad = notice.howBad().ordinal();
    return notice.isResolved() ? Math.max(1, howBad) : howBad;
  }

  /** Twenty hexadecimal digits that follow from the parts. */
  public static String id(String... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part : parts) {
        digest.update(part.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 10);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
