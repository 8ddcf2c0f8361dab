package io.fenghuo.alerting.mute;

import io.fenghuo.alerting.Database;
import io.fenghuo.alerting.Json;
import io.fenghuo.alerting.alert.Labels;
import io.fenghuo.alerting.alert.Matcher;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** Silences as rows, with Alertmanager's rules for changing them. */
public final class Silences {

  /** An expired one can be seen for so long, as in Alertmanager. */
  private static final Duration RETENTION = Duration.ofHours(120);

  private static final String ALL = "select * from silence";

  private final Database database;
  private final InstantSource clock;

  public Silences(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /** The id given is none that is known. */
  public static final class Unknown extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unknown(UUID id) {
      super("silence " + id + " not found");
    }
  }

  public static List<Silence> active(Handle handle, Instant now) {
    return handle
        .createQuery(ALL + " where starts_at <= :now and ends_at > :now")
        .bind("now", now)
        .map(Silence::read)
        .list();
  }

  /** The ids of those that hold an alert back. */
  public static List<String> holding(List<Silence> active, Labels labels) {
    return active.stream()
        .filter(silence -> Matcher.allMatch(silence.matchers(), labels))
        .map(silence -> silence.id().toString())
        .sorted()
        .toList();
  }

  public List<Silence> list() {
    return database.read(handle -> handle.createQuery(ALL).map(Silence::read).list());
  }

  public Optional<Silence> find(UUID id) {
    return database.read(handle -> find(handle, id, ""));
  }

  private static Optional<Silence> find(Handle handle, UUID id, String lock) {
    return handle
        .createQuery(ALL + " where id = :id" + lock)
        .bind("id", id)
        .map(Silence::read)
        .findOne();
  }

  /**
   * Makes a silence, or changes the one of that id: in place where nothing that was true before
   * becomes untrue, else the old one expires and a new one is made.
   *
   * @param wanted with id null to make one
   * @return the id it has now
   * @throws IllegalArgumentException saying what is wrong
   * @throws Unknown when there is none of that id
   */
  public UUID set(Silence wanted) {
    Instant now = clock.instant();
    check(wanted, now);
    return database.inTransaction(
        handle -> {
          if (wanted.id() == null) {
            return insert(handle, wanted, now);
          }
          Silence known =
              find(handle, wanted.id(), " for update").orElseThrow(() -> new Unknown(wanted.id()));
          if (canChange(known, wanted, now)) {
            write(handle, wanted, now);
            return wanted.id();
          }
          if (!known.state(now).equals("expired")) {
            expire(handle, known.id(), now);
          }
          return insert(handle, wanted, now);
        });
  }

  private static void check(Silence wanted, Instant now) {
    if (wanted.matchers().isEmpty()) {
      throw new IllegalArgumentException("matchers: none (expected: at least one)");
    }
    if (wanted.matchers().stream().allMatch(matcher -> matcher.matches(""))) {
      throw new IllegalArgumentException(
          "matchers: at least one must not match the empty value, or all would be silent");
    }
    if (!wanted.startsAt().isBefore(wanted.endsAt())) {
      throw new IllegalArgumentException(
          "endsAt: " + wanted.endsAt() + " (expected: after startsAt " + wanted.startsAt() + ")");
    }
    if (!wanted.endsAt().isAfter(now)) {
      throw new IllegalArgumentException(
          "endsAt: " + wanted.endsAt() + " (expected: in the future)");
    }
  }

  private static boolean canChange(Silence known, Silence wanted, Instant now) {
    if (!known.matchers().equals(wanted.matchers())) {
      return false;
    }
    return switch (known.state(now)) {
      case "active" ->
          known
              .startsAt()
              .truncatedTo(ChronoUnit.SECONDS)
              .equals(wanted.startsAt().truncatedTo(ChronoUnit.SECONDS));
      case "pending" -> wanted.startsAt().isAfter(now);
      default -> false;
    };
  }

  private static UUID insert(Handle handle, Silence wanted, Instant now) {
    Instant start = wanted.startsAt().isBefore(now) ? now : wanted.startsAt();
    // Derived, so that a request that is repeated because its answer was lost makes one silence.
    String what =
        wanted.matchersJson()
            + "|"
            + wanted.endsAt()
            + "|"
            + wanted.createdBy()
            + "|"
            + wanted.comment()
            + "|"
            + wanted.startsAt()
            + "|"
            + now.truncatedTo(ChronoUnit.MILLIS);
    UUID id = UUID.nameUUIDFromBytes(what.getBytes(StandardCharsets.UTF_8));
    write(
        handle,
        new Silence(
            id,
            wanted.matchers(),
            start,
            wanted.endsAt(),
            now,
            wanted.createdBy(),
            wanted.comment(),
            wanted.annotations()),
        now);
    return id;
  }

  private static void write(Handle handle, Silence silence, Instant now) {
    handle
        .createUpdate(
            "insert into silence (id, matchers, starts_at, ends_at, updated_at, created_by, comment,"
                + " annotations) values (:id, cast(:matchers as jsonb), :startsAt, :endsAt, :now,"
                + " :createdBy, :comment, cast(:annotations as jsonb))"
                + " on conflict (id) do update set starts_at = excluded.starts_at,"
                + " ends_at = excluded.ends_at, updated_at = excluded.updated_at,"
                + " created_by = excluded.created_by, comment = excluded.comment,"
                + " annotations = excluded.annotations")
        .bind("id", silence.id())
        .bind("matchers", Json.write(silence.matchersJson()))
        .bind("startsAt", silence.startsAt())
        .bind("endsAt", silence.endsAt())
        .bind("now", now)
        .bind("createdBy", silence.createdBy())
        .bind("comment", silence.comment())
        .bind("annotations", Json.write(silence.annotations()))
        .execute();
  }

  /** Ends a silence now; one that has ended stays as it is. */
  public void expire(UUID id) {
    Instant now = clock.instant();
    database.useTransaction(
        handle -> {
          if (find(handle, id, " for update").isEmpty()) {
            throw new Unknown(id);
          }
          expire(handle, id, now);
        });
  }

  private static void expire(Handle handle, UUID id, Instant now) {
    handle
        .createUpdate(
            "update silence set ends_at = :now, starts_at = least(starts_at, :now), updated_at = :now"
                + " where id = :id and ends_at > :now")
        .bind("now", now)
        .bind("id", id)
        .execute();
  }

  /** Drops those that ended long ago. */
  public static void forget(Handle handle, Instant now) {
    handle
        .createUpdate("delete from silence where ends_at < :before")
        .bind("before", now.minus(RETENTION))
        .execute();
  }
}
