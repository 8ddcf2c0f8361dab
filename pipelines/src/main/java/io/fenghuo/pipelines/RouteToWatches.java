package io.fenghuo.pipelines;

import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.watch.MonitorSet;
import io.fenghuo.rules.watch.Watches;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;

/** Each reading, for every watch that looks at it. */
final class RouteToWatches extends RichFlatMapFunction<Reading, Watched> {

  private static final long serialVersionUID = 1L;

  private final MonitorSettings settings;
  private transient MonitorSet monitored;

  RouteToWatches(MonitorSettings settings) {
    this.settings = settings;
  }

  @Override
  public void open(OpenContext context) throws Exception {
    monitored = MonitorSet.read(settings.rules(), settings.zone());
  }

  @Override
  public void flatMap(Reading reading, Collector<Watched> out) {
    Reading named = monitored.needed().named(reading);
    for (Watches.Place place : monitored.watches().places(named)) {
      out.collect(new Watched(place.key(), named));
    }
  }
}
