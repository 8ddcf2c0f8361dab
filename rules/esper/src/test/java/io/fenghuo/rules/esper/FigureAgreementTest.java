package io.fenghuo.rules.esper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fenghuo.rules.figure.FigureFilters;
import io.fenghuo.rules.figure.FigurePlan;
import io.fenghuo.rules.figure.FigureSet;
import io.fenghuo.rules.reference.FigureAgreement;
import io.fenghuo.rules.reference.NaiveFigures;
import io.fenghuo.rules.reference.RandomWorld;
import io.fenghuo.rules.reference.RealData;
import io.fenghuo.rules.rehearsal.FigurePath;
import io.fenghuo.rules.rehearsal.RulePacks;
import io.fenghuo.schemas.KpiPoint;
import io.fenghuo.schemas.RankedItem;
import io.fenghuo.schemas.Window;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

/** The shipped figures, against figures computed anew from all events. */
class FigureAgreementTest {

  private static final ZoneId SHANGHAI = ZoneId.of("Asia/Shanghai");
  private static final Map<String, String> FILES = RulePacks.shipped();

  @Test
  void theFiguresAreThoseComputedAnewInWhateverOrderEventsCome() throws Exception {
    long first = Long.getLong("fenghuo.seed", new Random().nextLong(1_000_000));
    int worlds = Integer.getInteger("fenghuo.worlds", 20);
    FigureSet figures = FigureSet.read(FILES);
    FigureFilters filters =
        EsperCompiler.compile(new FigurePlan(figures.definitions()), figures.lines());
    for (long seed = first; seed < first + worlds; seed++) {
      System.out.println("seed " + seed + " (replay: -Dfenghuo.seed=" + seed + ")");
      Random random = new Random(seed);
      List<SpecificRecord> events = new ArrayList<>(new RandomWorld(seed).events());
      events.addAll(List.copyOf(events.subList(0, events.size() / 5)));
      Collections.shuffle(events, random);
      try (FigurePath path = new FigurePath(filters, SHANGHAI)) {
        for (SpecificRecord event : events) {
          path.add(event);
          switch (random.nextInt(20)) {
            case 0 -> path.publish();
            case 1 -> path.restart();
            case 2, 3 -> path.handOn();
            default -> {
              // Gathers on.
            }
          }
        }
        path.publish();
        assertThat(
                FigureAgreement.differences(
                    path.points(), new NaiveFigures(FILES, SHANGHAI, events)))
            .as("seed %d", seed)
            .isEmpty();
      }
    }
  }

  @Test
  void twoHoursOfShoppersGiveThePublishedFigures() throws Exception {
    assumeTrue(
        RealData.folder().isPresent(),
        "no shared/data beside the checkout; set FENGHUO_DATA to its folder");
    FigureSet figures = FigureSet.read(FILES);
    try (FigurePath path =
        new FigurePath(
            EsperCompiler.compile(new FigurePlan(figures.definitions()), figures.lines()),
            SHANGHAI)) {
      int n = 0;
      for (SpecificRecord event : RealData.taobao(RealData.folder().get())) {
        path.add(event);
        if (++n % 5_000 == 0) {
          path.handOn();
        }
      }
      path.publish();

      List<KpiPoint> pv = hours(path, "pv");
      List<KpiPoint> uv = hours(path, "uv");
      assertThat(pv).extracting(KpiPoint::getValue).containsSequence(41_890.0, 43_883.0);
      int at = pv.stream().map(KpiPoint::getValue).toList().indexOf(41_890.0);
      assertThat(uv.get(at).getValue()).isBetween(28_196 * 0.99, 28_196 * 1.01);
      assertThat(uv.get(at + 1).getValue()).isBetween(29_659 * 0.99, 29_659 * 1.01);
      assertThat(hours(path, "orders").stream().mapToDouble(KpiPoint::getValue).sum())
          .isEqualTo(2_144);
      assertThat(days(path, "buyers").get(0).getValue()).isBetween(2_071 * 0.99, 2_071 * 1.01);
      RankedItem hottest = days(path, "hot_products_by_views").get(0).getRanking().get(0);
      assertThat(hottest.getItem()).isEqualTo("2338453");
      assertThat(hottest.getValue()).isEqualTo(61);
    }
  }

  private static List<KpiPoint> hours(FigurePath path, String name) {
    return of(path, name, Window.HOUR);
  }

  private static List<KpiPoint> days(FigurePath path, String name) {
    return of(path, name, Window.DAY);
  }

  private static List<KpiPoint> of(FigurePath path, String name, Window window) {
    return path.points().values().stream()
        .filter(
            point ->
                point.getName().equals(name)
                    && point.getWindow() == window
                    && point.getDimensions().isEmpty())
        .toList();
  }
}
