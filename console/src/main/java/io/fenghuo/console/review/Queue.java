package io.fenghuo.console.review;

import io.fenghuo.console.http.Call;
import io.fenghuo.console.http.Problem;
import io.fenghuo.schemas.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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

  /** Which part of the cases. */
  enum State {
    OPEN,
    MINE,
    DONE
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
    return blank(text)
        ? otherwise
        : Call.choice(type, field, text.toUpperCase(java.util.Locale.ROOT));
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

  /** A page of it. */
  List<CaseRow> page(Handle handle, String who, int limit, Optional<String[]> after) {
    Map<String, Object> bound = new LinkedHashMap<>();
    String where = where(who, bound);
    String column = state == State.DONE ? "done_at" : sort.column;
    String type = state == State.DONE ? "timestamptz" : sort.type;
    boolean descending = state == State.DONE || sort.descending;
    if (after.isPresent()) {
      where +=
          " and (%s %s cast(:afterValue as %s) or (%s = cast(:afterValue as %s) and order_id > :afterId))"
              .formatted(column, descending ? "<" : ">", type, column, type);
      bound.put("afterValue", after.get()[0]);
      bound.put("afterId", after.get()[1]);
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
    return Call.cursor(value, last.orderId());
  }

  /**
   * Locks the first open case of it to somebody. Two who ask at once get two cases: a row the other
   * one is taking is passed over.
   */
  Optional<CaseRow> next(Handle handle, String who, Instant now, Instant until) {
    Map<String, Object> bound = new LinkedHashMap<>();
    Queue open = new Queue(State.OPEN, sort, outcome, minScore, rule, text);
    String where = open.where(who, bound);
    bound.put("who", who);
    bound.put("now", now);
    bound.put("until", until);
    return handle
        .createQuery(
            "with first as (select order_id from review_case where "
                + where
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

  private String where(String who, Map<String, Object> bound) {
    List<String> parts = new ArrayList<>();
    switch (state) {
      case OPEN -> parts.add("state = 'open'");
      case DONE -> parts.add("state = 'done'");
      case MINE -> {
        parts.add("state = 'taken' and taken_by = :me");
        bound.put("me", who);
      }
    }
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
