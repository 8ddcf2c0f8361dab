package io.fenghuo.pipelines;

import io.fenghuo.rules.figure.Reading;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * Since when each definition has looked at what happens. Those a job has from its first start were
 * there always. One that is new or was edited when the job goes on from a savepoint begins where
 * events stood then. What a definition that is gone had is not taken up again: should it come back,
 * it begins anew.
 */
final class Beginnings {

  private final ListState<String> kept;
  private final ListState<Long> reachedBefore;
  private final Map<String, Long> since = new TreeMap<>();
  private final List<String> fresh = new ArrayList<>();
  private long reached = Reading.ALWAYS;

  /**
   * @param keys of the definitions in force
   */
  Beginnings(OperatorStateStore store, Collection<String> keys) throws Exception {
    kept = store.getUnionListState(new ListStateDescriptor<>("beginnings", Types.STRING));
    reachedBefore = store.getUnionListState(new ListStateDescriptor<>("reached", Types.LONG));
    Map<String, Long> before = new TreeMap<>();
    for (String line : kept.get()) {
      int space = line.indexOf(' ');
      before.put(line.substring(space + 1), Long.parseLong(line.substring(0, space)));
    }
    for (long time : reachedBefore.get()) {
      reached = Math.max(reached, time);
    }
    for (String key : keys) {
      Long known = before.get(key);
      if (known == null && !before.isEmpty()) {
        fresh.add(key);
        known = reached;
      }
      since.put(key, known == null ? Reading.ALWAYS : known);
    }
  }

  /** Event time from which on it has looked at everything, see {@link Reading#since}. */
  long of(String key) {
    return since.getOrDefault(key, Reading.ALWAYS);
  }

  /** Those that begin with this start of the job. */
  List<String> fresh() {
    return fresh;
  }

  /** Notes that every event looked at so far is before this time, milliseconds. */
  void reach(long time) {
    reached = Math.max(reached, time);
  }

  /**
   * Writes them before a checkpoint.
   *
   * @param subtask the first one writes for all
   */
  void save(int subtask) throws Exception {
    reachedBefore.update(List.of(reached));
    kept.clear();
    if (subtask == 0) {
      for (Map.Entry<String, Long> one : since.entrySet()) {
        kept.add(one.getValue() + " " + one.getKey());
      }
    }
  }
}
