package io.fenghuo.local;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.EventJson;
import io.fenghuo.schemas.Stream;
import io.fenghuo.schemas.UndecodableException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints a stream as JSON lines. */
@Command(
    name = "tail",
    description = "Print a stream as JSON lines, one per record.",
    footer = {
      "",
      "A record that is no event is printed as a line with its topic, partition, offset",
      "and the reason.",
      "",
      "Examples:",
      "  ./fenghuo tail decisions",
      "  ./fenghuo tail decisions --from-beginning --key order-17",
      "  ./fenghuo tail dead-letters --from-beginning --max 5 --timeout 10",
      "  ./fenghuo tail alerts | jq .annotations.summary_zh"
    })
final class Tail implements Callable<Integer> {

  private static final Duration POLL = Duration.ofMillis(500);

  @Parameters(
      index = "0",
      paramLabel = "STREAM",
      converter = StreamConverter.class,
      completionCandidates = StreamConverter.Names.class,
      description = "One of ${COMPLETION-CANDIDATES}.")
  private Stream stream;

  @Option(
      names = "--from-beginning",
      description = "Begin with the oldest record kept; else with the next one written.")
  private boolean fromBeginning;

  @Option(names = "--max", paramLabel = "N", description = "Stop after that many lines.")
  private Long max;

  @Option(
      names = "--timeout",
      paramLabel = "S",
      description = "Stop after that many seconds; it is a failure if --max lines did not come.")
  private Double timeoutSeconds;

  @Option(names = "--key", paramLabel = "K", description = "Only records with this key.")
  private String key;

  @Mixin private KafkaOption kafka;

  @Spec private CommandSpec spec;

  private final StopSignal stop;

  Tail(StopSignal stop) {
    this.stop = stop;
  }

  @Override
  public Integer call() {
    if (max != null && max < 1) {
      throw CommandFailure.usage("--max: " + max + " (expected: at least 1)");
    }
    if (timeoutSeconds != null && !(timeoutSeconds > 0)) {
      throw CommandFailure.usage("--timeout: " + timeoutSeconds + " (expected: more than 0)");
    }
    List<TopicPartition> partitions = kafka.address().partitions(stream.topic());
    try (KafkaConsumer<String, byte[]> consumer = kafka.address().consumer()) {
      stop.onRequest(consumer::wakeup);
      consumer.assign(partitions);
      if (fromBeginning) {
        consumer.seekToBeginning(partitions);
      } else {
        consumer.seekToEnd(partitions);
        // Seeking is put off until it is needed; "the end" is meant as of now.
        partitions.forEach(consumer::position);
      }
      return print(consumer);
    } catch (WakeupException e) {
      return 0;
    }
  }

  private int print(KafkaConsumer<String, byte[]> consumer) {
    PrintWriter out = spec.commandLine().getOut();
    EventCodec codec = EventCodec.singleObject();
    long start = System.nanoTime();
    long printed = 0;
    while (!stop.isRequested()) {
      Duration left = timeLeft(start);
      if (left.isZero()) {
        break;
      }
      ConsumerRecords<String, byte[]> records = consumer.poll(left);
      for (ConsumerRecord<String, byte[]> record : records) {
        if (key != null && !key.equals(record.key())) {
          continue;
        }
        out.println(line(record, codec));
        printed++;
        if (max != null && printed == max) {
          out.flush();
          return 0;
        }
      }
      // False flushes, true means the reader of our output (head, say) has gone.
      if (out.checkError()) {
        return 0;
      }
    }
    if (max != null && !stop.isRequested()) {
      throw new CommandFailure(
          printed + " of " + max + " lines came within " + timeoutSeconds + " s.",
          fromBeginning
              ? "Is anything written to " + stream.topic() + "? Or wait longer with --timeout."
              : "Records written before are shown with --from-beginning.");
    }
    return 0;
  }

  /** How long the next poll may take. */
  private Duration timeLeft(long start) {
    if (timeoutSeconds == null) {
      return POLL;
    }
    long left = start + (long) (timeoutSeconds * 1e9) - System.nanoTime();
    return left <= 0 ? Duration.ZERO : left < POLL.toNanos() ? Duration.ofNanos(left) : POLL;
  }

  private String line(ConsumerRecord<String, byte[]> record, EventCodec codec) {
    try {
      return EventJson.toJson(codec.decode(record.value(), stream.recordClass()));
    } catch (UndecodableException e) {
      ObjectNode line = JsonNodeFactory.instance.objectNode();
      line.put("topic", record.topic());
      line.put("partition", record.partition());
      line.put("offset", record.offset());
      line.put("reason", e.reason());
      line.put("detail", e.detail());
      return line.toString();
    }
  }
}
