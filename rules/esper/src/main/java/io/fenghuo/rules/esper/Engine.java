package io.fenghuo.rules.esper;

import com.espertech.esper.common.client.EPCompiled;
import com.espertech.esper.common.client.EventBean;
import com.espertech.esper.common.client.EventSender;
import com.espertech.esper.common.client.configuration.Configuration;
import com.espertech.esper.runtime.client.EPDeployException;
import com.espertech.esper.runtime.client.EPRuntime;
import com.espertech.esper.runtime.client.EPRuntimeProvider;
import com.espertech.esper.runtime.client.EPStatement;
import io.fenghuo.rules.assess.Bits;
import io.fenghuo.rules.assess.Failures;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** One engine: external clock, one thread, no locks, no dispatch queues. */
final class Engine implements AutoCloseable {

  private static final AtomicLong RUNTIMES = new AtomicLong();
  private static final int EVERY_PART = -1;

  private final EPRuntime runtime;
  private final Failures failures;
  private final Map<String, Bundle> bundles = new HashMap<>();
  private long[] target;

  /**
   * @param listen hears of each deployed statement that is not a bundle
   */
  Engine(
      EPCompiled compiled,
      List<Bundle> bundles,
      Configuration configuration,
      Failures failures,
      Consumer<EPStatement> listen) {
    this.failures = failures;
    bundles.forEach(bundle -> this.bundles.put(bundle.name(), bundle));
    String uri = "fenghuo-" + RUNTIMES.incrementAndGet();
    runtime = EPRuntimeProvider.getRuntime(uri, configuration);
    runtime.initialize();
    runtime.getEventService().advanceTime(0);
    if (compiled != null) {
      try {
        for (EPStatement statement :
            runtime.getDeploymentService().deploy(compiled).getStatements()) {
          Bundle bundle = this.bundles.get(statement.getName());
          if (bundle == null) {
            listen.accept(statement);
          } else {
            int[] numbers = bundle.parts().stream().mapToInt(Bundle.Part::number).toArray();
            statement.addListener((fresh, old, s, r) -> note(fresh[0], numbers));
          }
        }
      } catch (EPDeployException impossible) {
        throw new IllegalStateException("statements that compiled", impossible);
      }
    }
  }

  private void note(EventBean told, int[] numbers) {
    Object[] columns = (Object[]) told.getUnderlying();
    for (int i = 0; i < numbers.length; i++) {
      if (Boolean.TRUE.equals(columns[i])) {
        Bits.set(target, numbers[i]);
      }
    }
  }

  EventSender sender(String type) {
    return runtime.getEventService().getEventSender(type);
  }

  /**
   * Adds to the target the numbers of the conditions that hold for a row, whose last place is the
   * guard's.
   */
  void tell(EventSender sender, Object[] row, long[] holding) {
    target = holding;
    Map<String, Throwable> failed = send(sender, row, EVERY_PART);
    if (!failed.isEmpty()) {
      for (int part = 0; part < Bundle.MOST_PARTS; part++) {
        int only = part;
        send(sender, row.clone(), part)
            .forEach(
                (name, why) -> failures.failed(bundles.get(name).parts().get(only).what(), why));
      }
    }
  }

  private static Map<String, Throwable> send(EventSender sender, Object[] row, int part) {
    row[row.length - 1] = part;
    sender.sendEvent(row);
    return StatementFailures.take();
  }

  void advanceTo(long time) {
    runtime.getEventService().advanceTime(time);
  }

  @Override
  public void close() {
    runtime.destroy();
  }
}
