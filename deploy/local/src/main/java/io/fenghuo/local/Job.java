package io.fenghuo.local;

import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A Flink job as the cluster sees it: something that adds its sources, steps and sinks. */
@FunctionalInterface
public interface Job {

  /** Adds the job to the environment; the cluster executes it. */
  void build(StreamExecutionEnvironment env) throws Exception;
}
