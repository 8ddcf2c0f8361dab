package io.fenghuo.pipelines;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Supplier;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;

/**
 * All subtasks of one keyed operator, without a cluster; can be stopped and started as often as one
 * likes.
 */
final class Keyed<I, O> implements AutoCloseable {

  private static final int MOST_SUBTASKS = 128;

  private final Supplier<? extends RememberingOperator<I, O, ?>> operators;
  private final KeySelector<I, String> key;
  private final Supplier<StateBackend> backend;
  private final List<KeyedOneInputStreamOperatorTestHarness<String, I, O>> subtasks =
      new ArrayList<>();
  private long watermark = Long.MIN_VALUE;

  Keyed(
      Supplier<? extends RememberingOperator<I, O, ?>> operators,
      KeySelector<I, String> key,
      Supplier<StateBackend> backend,
      int parallelism)
      throws Exception {
    this.operators = operators;
    this.key = key;
    this.backend = backend;
    for (int subtask = 0; subtask < parallelism; subtask++) {
      start(parallelism, subtask, null);
    }
  }

  private void start(int parallelism, int subtask, OperatorSubtaskState state) throws Exception {
    var harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            operators.get(), key, Types.STRING, MOST_SUBTASKS, parallelism, subtask);
    harness.setStateBackend(backend.get());
    if (state == null) {
      harness.setup();
    } else {
      harness.initializeState(state);
    }
    harness.open();
    subtasks.add(harness);
  }

  void process(I element) throws Exception {
    int subtask =
        KeyGroupRangeAssignment.assignKeyToParallelOperator(
            key.getKey(element), MOST_SUBTASKS, subtasks.size());
    subtasks.get(subtask).processElement(new StreamRecord<>(element));
  }

  void watermark(long time) throws Exception {
    watermark = time;
    for (var subtask : subtasks) {
      subtask.processWatermark(new Watermark(time));
    }
  }

  /** Takes what came out. */
  List<O> out() {
    List<O> taken = new ArrayList<>();
    for (var subtask : subtasks) {
      subtask.extractOutputStreamRecords().forEach(record -> taken.add(record.getValue()));
      subtask.getOutput().clear();
    }
    return taken;
  }

  /** Takes what came out at the side. */
  <S> List<S> aside(OutputTag<S> tag) {
    List<S> taken = new ArrayList<>();
    for (var subtask : subtasks) {
      Queue<StreamRecord<S>> records = subtask.getSideOutput(tag);
      if (records != null) {
        records.forEach(record -> taken.add(record.getValue()));
        records.clear();
      }
    }
    return taken;
  }

  /** Saves all state, throws the subtasks away, and starts others from it. */
  void restart(int parallelism) throws Exception {
    int before = subtasks.size();
    OperatorSubtaskState[] saved = new OperatorSubtaskState[before];
    for (int subtask = 0; subtask < before; subtask++) {
      saved[subtask] = subtasks.get(subtask).snapshot(1, 1);
    }
    close();
    OperatorSubtaskState all = AbstractStreamOperatorTestHarness.repackageState(saved);
    for (int subtask = 0; subtask < parallelism; subtask++) {
      start(
          parallelism,
          subtask,
          AbstractStreamOperatorTestHarness.repartitionOperatorState(
              all, MOST_SUBTASKS, before, parallelism, subtask));
    }
    if (watermark != Long.MIN_VALUE) {
      watermark(watermark);
    }
  }

  KeyedOneInputStreamOperatorTestHarness<String, I, O> subtask(int number) {
    return subtasks.get(number);
  }

  @Override
  public void close() throws Exception {
    for (var subtask : subtasks) {
      subtask.close();
    }
    subtasks.clear();
  }
}
