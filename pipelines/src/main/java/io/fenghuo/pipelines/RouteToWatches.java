package io.fenghuo.pipelines;

import io.fenghuo.rules.figure.FigureSet;
import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.watch.WatchFigures;
import io.fenghuo.rules.watch.Watches;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;

/** Each reading, for every watch that looks at it. */
final class RouteToWatches extends RichFlatMapFunction<Reading, Watched> {

  private static final long serialVersionUID = 1L;

  private final MonitorSettings settings;
  private transient Watches watches;
  private transient WatchFigures figures;

  RouteToWatches(MonitorSettings settings) {
    this.settings = settings;
  }

  @Override
  public void open(OpenContext context) throws Exception {
    watches = Watches.read(settings.rules(), settings.zone());
    figures = WatchFigures.of(FigureSet.read(settings.rules()), watches);
  }

  @Override
  public void flatMap(Reading reading, Collector<Watched> out) {
    Reading named = figures.named(reading);
    for (Watches.Place place : watches.places(named)) {
      out.collect(new Watched(place.key(), named));
    }
  }
}
