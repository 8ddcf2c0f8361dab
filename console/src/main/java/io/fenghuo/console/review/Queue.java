package io.fenghuo.console.review;

import io.fenghuo.console.http.Call;
import io.fenghuo.console.http.Problem;
import io.fenghuo.console.http.Role;
import io.fenghuo.console.http.User;
import io.fenghuo.schemas.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Which cases somebody wants to see, and in which order. */
record Queue(
    State state,
    Sort sort,
    Optional<Outcome> outcome,
    int minScore,
    Optional<String> rule,
    Optional<String> text) {

  /** Which part of the cases; open is what waits, escalated or not. */
  enum State {
    OPEN,
    ESCALATED,
    MINE,
    DONE
  }

  /** Cases that stand in one row: a page may go on from one part into the next. */
  private enum Part {
    DESK("state = 'open' and escalated_at is null"),
    ESCALATED("state = 'open' and escalated_at is not null"),
    MINE("state = 'taken' and taken_by = :me"),
    DONE("state = 'done'");

    private final String where;

    Part(String where) {
      this.where = where;
    }
  }

  /** In which order: every one is a column and then the order's id, so that a page can go on. */
  enum Sort {
    PRIORITY("rank", "double precision", true),
    AGE("opened_ms", "bigint", false),
    AMOUNT("amount", "bigint", true);

    private final String column;
    private final String type;
    private final boolean descending;

    Sort(String column, String type, boolean descending) {
      this.column = column;
      this.type = type;
      this.descending = descending;
    }
  }

  static Queue of(
      String state, String sort, String outcome, String minScore, String rule, String text) {
    return new Queue(
        choice(State.class, "state", state, State.OPEN),
        choice(Sort.class, "sort", sort, Sort.PRIORITY),
        blank(outcome)
            ? Optional.empty()
            : Optional.of(Call.choice(Outcome.class, "outcome", outcome)),
        score(minScore),
        blank(rule) ? Optional.empty() : Optional.of(rule),
        blank(text) ? Optional.empty() : Optional.of(text.strip()));
  }

  private static boolean blank(String text) {
    return text == null || text.isBlank();
  }

  private static <E extends Enum<E>> E choice(
      Class<E> type, String field, String text, E otherwise) {
    return blank(text) ? otherwise : Call.choice(type, field, text.toUpperCase(Locale.ROOT));
  }

  private static int score(String text) {
    if (blank(text)) {
      return 0;
    }
    try {
      int score = Integer.parseInt(text);
      if (score >= 0 && score <= 100) {
        return score;
      }
    } catch (NumberFormatException e) {
      // falls through to the one message for all that can be wrong
    }
    throw Problem.field("minScore", "expected a whole number from 0 to 100");
  }

  /** What was escalated comes first for those who may take it, and last for all others. */
  private List<Part> parts(User user) {
    return switch (state) {
      case OPEN ->
          user.has(Role.APPROVER)
              ? List.of(Part.ESCALATED, Part.DESK)
              : List.of(Part.DESK, Part.ESCALATED);
      case ESCALATED -> List.of(Part.ESCALATED);
      case MINE -> List.of(Part.MINE);
      case DONE -> List.of(Part.DONE);
    };
  }

  /**
   * A page of it.
   *
   * @param after the parts of {@link #cursor} where the page before ended
   */
  List<CaseRow> page(Handle handle, User user, int limit, Optional<String[]> after) {
    List<Part> parts = parts(user);
    int first = 0;
    if (after.isPresent()) {
      first = parts.indexOf(Call.choice(Part.class, "cursor", after.get()[0]));
      if (first < 0) {
        throw Problem.field("cursor", "of another list");
      }
    }
    List<CaseRow> rows = new ArrayList<>();
    for (int i = first; i < parts.size() && rows.size() < limit; i++) {
      rows.addAll(
          rows(
              handle,
              parts.get(i),
              user.name(),
              limit - rows.size(),
              i == first ? after : Optional.empty()));
    }
    return rows;
  }

  private List<CaseRow> rows(
      Handle handle, Part part, String who, int limit, Optional<String[]> after) {
    Map<String, Object> bound = new LinkedHashMap<>();
    String where = where(part, who, bound);
    String column = state == State.DONE ? "done_at" : sort.column;
    String type = state == State.DONE ? "timestamptz" : sort.type;
    boolean descending = state == State.DONE || sort.descending;
    if (after.isPresent()) {
      where +=
          " and (%s %s cast(:afterValue as %s) or (%s = cast(:afterValue as %s) and order_id > :afterId))"
              .formatted(column, descending ? "<" : ">", type, column, type);
      bound.put("afterValue", after.get()[1]);
      bound.put("afterId", after.get()[2]);
    }
    bound.put("limit", limit);
    return handle
        .createQuery(
            "select * from review_case where "
                + where
                + " order by "
                + column
                + (descending ? " desc" : "")
                + ", order_id limit :limit")
        .bindMap(bound)
        .map(CaseRow::read)
        .list();
  }

  /** Where a page that ends with this case goes on. */
  String cursor(CaseRow last) {
    String value =
        state == State.DONE
            ? last.doneAt().toString()
            : switch (sort) {
              case PRIORITY -> Double.toString(last.rank());
              case AGE -> Long.toString(last.openedAt().toEpochMilli());
              case AMOUNT -> Long.toString(last.amount());
            };
    Part part =
        switch (state) {
          case OPEN, ESCALATED -> last.escalated() ? Part.ESCALATED : Part.DESK;
          case MINE -> Part.MINE;
          case DONE -> Part.DONE;
        };
    return Call.cursor(part.name(), value, last.orderId());
  }

  /**
   * Locks the first open case of it to somebody, of those they may take; what one has escalated
   * oneself is passed over. Two who ask at once get two cases: a row the other one is taking is
   * passed over, too.
   */
  Optional<CaseRow> next(Handle handle, User user, Instant now, Instant until) {
    Optional<CaseRow> first = Optional.empty();
    if (user.has(Role.APPROVER)) {
      first = next(handle, Part.ESCALATED, user.name(), now, until);
    }
    return first.isEmpty() && user.has(Role.REVIEWER)
        ? next(handle, Part.DESK, user.name(), now, until)
        : first;
  }

  private Optional<CaseRow> next(Handle handle, Part part, String who, Instant now, Instant until) {
    Map<String, Object> bound = new LinkedHashMap<>();
    String where = where(part, who, bound);
    bound.put("who", who);
    bound.put("now", now);
    bound.put("until", until);
    return handle
        .createQuery(
            "with first as (select order_id from review_case where "
                + where
                + (part == Part.ESCALATED ? " and escalated_by <> :who" : "")
                + " order by "
                + sort.column
                + (sort.descending ? " desc" : "")
                + ", order_id limit 1 for update skip locked)"
                + " update review_case c set state = 'taken', taken_by = :who, taken_at = :now,"
                + " taken_until = :until, version = version + 1 from first"
                + " where c.order_id = first.order_id returning c.*")
        .bindMap(bound)
        .map(CaseRow::read)
        .findOne();
  }

  private String where(Part part, String who, Map<String, Object> bound) {
    List<String> parts = new ArrayList<>(List.of(part.where));
    bound.put("me", who);
    outcome.ifPresent(
        value -> {
          parts.add("outcome = :outcome");
          bound.put("outcome", value.name());
        });
    if (minScore > 0) {
      parts.add("score >= :minScore");
      bound.put("minScore", minScore);
    }
    rule.ifPresent(
        value -> {
          parts.add(":rule = any(rules)");
          bound.put("rule", value);
        });
    text.ifPresent(
        value -> {
          parts.add("(order_id = :text or user_id = :text)");
          bound.put("text", value);
        });
    return String.join(" and ", parts);
  }
}
