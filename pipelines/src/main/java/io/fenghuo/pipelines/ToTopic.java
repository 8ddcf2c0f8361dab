package io.fenghuo.pipelines;

import java.nio.charset.StandardCharsets;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Writes encoded records to one topic; Kafka picks the partition by the key. */
record ToTopic(String topic) implements KafkaRecordSerializationSchema<Outgoing> {

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      Outgoing record, KafkaSinkContext context, Long timestamp) {
    byte[] key = record.key() == null ? null : record.key().getBytes(StandardCharsets.UTF_8);
    return new ProducerRecord<>(topic, key, record.value());
  }
}
