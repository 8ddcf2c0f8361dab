package io.fenghuo.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.rules.reference.RandomWorld;
import io.fenghuo.rules.rehearsal.RulePacks;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.runtime.kryo.KryoSerializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;

class OperatorsTest {

  @Test
  void everyOperatorHasItsUidAndNameFromTheListAndNoneIsLeftOver() throws Exception {
    Set<String> uids = new TreeSet<>();
    for (StreamNode node : nodes()) {
      assertThat(node.getTransformationUID()).as("uid of %s", node.getOperatorName()).isNotNull();
      // A sink is two operators, and the second one's uid follows from the first one's.
      String uid = node.getTransformationUID().replaceFirst("^Sink Committer: ", "");
      String name = node.getOperatorName().replaceFirst("^Source: ", "");
      assertThat(name).as("name of %s", uid).startsWith(uid);
      uids.add(uid);
    }
    assertThat(uids).isEqualTo(listed());
  }

  @Test
  void nothingTravelsAsAGenericType() throws Exception {
    for (StreamNode node : nodes()) {
      TypeSerializer<?> out = node.getTypeSerializerOut();
      assertThat(out).as(node.getOperatorName()).isNotInstanceOf(KryoSerializer.class);
      for (TypeSerializer<?> in : node.getTypeSerializersIn()) {
        assertThat(in).as(node.getOperatorName()).isNotInstanceOf(KryoSerializer.class);
      }
    }
  }

  private static List<StreamNode> nodes() throws Exception {
    StreamExecutionEnvironment risk = StreamExecutionEnvironment.getExecutionEnvironment();
    RiskJob.build(risk, new RiskSettings("127.0.0.1:9092", new RandomWorld(1).files()));
    StreamExecutionEnvironment monitor = StreamExecutionEnvironment.getExecutionEnvironment();
    MonitorJob.build(monitor, new MonitorSettings("127.0.0.1:9092", RulePacks.shipped()));
    List<StreamNode> nodes = new ArrayList<>(risk.getStreamGraph().getStreamNodes());
    nodes.addAll(monitor.getStreamGraph().getStreamNodes());
    return nodes;
  }

  private static Set<String> listed() {
    return Arrays.stream(Operators.class.getFields())
        .map(OperatorsTest::value)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String value(Field field) {
    try {
      return (String) field.get(null);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }
}
