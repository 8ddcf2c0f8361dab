package io.fenghuo.console.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.schemas.KpiPoint;
import io.fenghuo.schemas.Window;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoredFiguresTest {

  @Test
  void ofOneFigureThePointThatHasCountedMoreHolds() {
    KpiPoint less = point(null, 7);
    KpiPoint more = point(null, 9);
    assertThat(StoredFigures.newer(less, more)).isSameAs(more);
    assertThat(StoredFigures.newer(more, less)).isSameAs(more);
  }

  @Test
  void anEditedFigureTakesTheFormersPlaceHoweverLittleItHasCounted() {
    KpiPoint former = point(null, 9_000);
    KpiPoint edited = point(1_000L, 1);
    KpiPoint editedAgain = point(2_000L, 1);
    assertThat(StoredFigures.newer(former, edited)).isSameAs(edited);
    assertThat(StoredFigures.newer(edited, former)).isSameAs(edited);
    assertThat(StoredFigures.newer(editedAgain, edited)).isSameAs(editedAgain);
  }

  private static KpiPoint point(Long since, long revision) {
    return KpiPoint.newBuilder()
        .setName("orders")
        .setWindow(Window.DAY)
        .setFrom(0)
        .setTo(86_400_000)
        .setValue(1.0)
        .setNumerator(1)
        .setDenominator(1)
        .setUnit("count")
        .setRanking(List.of())
        .setRevision(revision)
        .setSince(since)
        .build();
  }
}
