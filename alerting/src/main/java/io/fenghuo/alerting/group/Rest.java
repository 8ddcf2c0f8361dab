package io.fenghuo.alerting.group;

import com.fasterxml.jackson.databind.JsonNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.alerting.alert.KnownAlert;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** The members a look does not weigh, as the last one left them. */
public final class Rest {

  private final Handle handle;
  private final String groupKey;
  private final Counts counts;
  private final JsonNode common;
  private final Set<String> weighed = new HashSet<>();
  private int weighedOpen;

  /**
   * @param counts of all members at the last look
   * @param common what the open ones shared then: {@code labels} and {@code annotations}
   */
  Rest(Handle handle, String groupKey, Counts counts, String common, List<Member> weighed) {
    this.handle = handle;
    this.groupKey = groupKey;
    this.counts = counts;
    this.common = Json.tree(common);
    for (Member member : weighed) {
      this.weighed.add(member.alert().fingerprint());
      if (member.before() != null) {
        counts.remove(member.before());
        weighedOpen += member.before().open() ? 1 : 0;
      }
    }
  }

  Counts counts() {
    return counts;
  }

  /** Those a message would name first: the worst, the oldest. */
  List<KnownAlert> worst(int most) {
    if (counts.open() == 0) {
      return List.of();
    }
    return handle
        .createQuery(
            "select "
                + KnownAlert.COLUMNS
                + " from group_alert m join alert a using (fingerprint)"
                + " where m.group_key = :key and m.open"
                + " order by m.severity, m.starts_at, m.fingerprint limit :most")
        .bind("key", groupKey)
        .bind("most", most + weighedOpen)
        .map(KnownAlert::read)
        .list()
        .stream()
        .filter(alert -> !weighed.contains(alert.fingerprint()))
        .limit(most)
        .toList();
  }

  /**
   * Of pairs, those that all open ones here share.
   *
   * @param column labels or annotations
   */
  Map<String, String> shared(String column, Map<String, String> pairs) {
    if (counts.open() == 0) {
      return pairs;
    }
    Map<String, String> shared = new LinkedHashMap<>();
    List<String> unknown = new ArrayList<>();
    for (Map.Entry<String, String> pair : pairs.entrySet()) {
      if (pair.getValue().equals(common.path(column).path(pair.getKey()).asText(null))) {
        shared.put(pair.getKey(), pair.getValue());
      } else {
        unknown.add(pair.getKey());
      }
    }
    for (String name : unknown) {
      // While nobody changed, what was not shared is not shared now.
      if (!weighed.isEmpty() && allHave(column, name, pairs.get(name))) {
        shared.put(name, pairs.get(name));
      }
    }
    return shared;
  }

  /** Ends at the first that has not: what was not shared before is seldom shared now. */
  private boolean allHave(String column, String name, String value) {
    return handle
        .createQuery(
            "select not exists (select 1 from group_alert m join alert a using (fingerprint)"
                + " where m.group_key = :key and m.open and not a."
                + column
                + " @> cast(:pair as jsonb)"
                + " and m.fingerprint not in (select unnest(cast(:weighed as text[]))))")
        .bind("key", groupKey)
        .bind("pair", Json.write(Map.of(name, value)))
        .bindArray("weighed", String.class, weighed)
        .mapTo(Boolean.class)
        .one();
  }
}
