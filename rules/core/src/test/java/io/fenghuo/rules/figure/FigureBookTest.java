package io.fenghuo.rules.figure;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.rules.definition.Filter;
import io.fenghuo.rules.figure.FigureDefinition.Measure;
import io.fenghuo.rules.journal.Packer;
import io.fenghuo.schemas.Window;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FigureBookTest {

  private static final ZoneId SHANGHAI = ZoneId.of("Asia/Shanghai");
  private static final long NOON = Instant.parse("2026-01-01T04:00:00Z").toEpochMilli();

  private final FakeShelf shelf = new FakeShelf();
  private int overflows;

  private static final class FakeShelf implements Shelf {
    final Map<String, byte[]> pieces = new HashMap<>();

    @Override
    public byte[] read(long drawer, String key) {
      return pieces.get(drawer + ":" + key);
    }

    @Override
    public void write(long drawer, String key, byte[] piece) {
      pieces.put(drawer + ":" + key, piece);
    }
  }

  private static FigureDefinition byCampaign(int cap) {
    FigureDefinition figure =
        FigureDefinition.plain(
            "n", "count", Measure.count(Filter.parse("TrafficEvent")), "campaign");
    return new FigureDefinition(
        figure.name(),
        figure.title(),
        figure.unit(),
        figure.numerator(),
        null,
        figure.by(),
        cap,
        figure.windows());
  }

  private FigureBook book(FigureDefinition figure) {
    return book(figure, Reading.ALWAYS);
  }

  private FigureBook book(FigureDefinition figure, long since) {
    return new FigureBook(figure, SHANGHAI, 3_600_000, since, shelf, () -> overflows++);
  }

  private static Partial one(FigureDefinition figure, long time, String... values) {
    Amount amount = Amount.of(Aggregate.COUNT);
    amount.sum(1);
    return new Partial(figure.key(), values, time, amount, null);
  }

  private static List<Point> published(FigureBook book, Window window) {
    List<Point> points = new ArrayList<>();
    book.publish(points::add);
    return points.stream().filter(point -> point.window() == window).toList();
  }

  @Test
  void valuesBeyondTheCapOfADayGoToOtherAlsoAfterARestart() {
    FigureDefinition figure = byCampaign(3);
    FigureBook book = book(figure);
    for (int i = 0; i < 5; i++) {
      book.absorb(one(figure, NOON, "c" + i));
    }
    book.write(new Packer());
    FigureBook again = book(figure);
    again.absorb(one(figure, NOON, "c9"));
    again.absorb(one(figure, NOON, "c1"));
    again.absorb(one(figure, NOON + 86_400_000, "c9"));

    assertThat(overflows).isEqualTo(3);
    assertThat(published(again, Window.DAY))
        .extracting(point -> point.reading().dimensions().get("campaign") + point.reading().value())
        .containsExactlyInAnyOrder("other3.0", "c01.0", "c12.0", "c21.0", "c91.0");
  }

  @Test
  void afterARestartTheDayIsToldAgainOnceAndNothingElse() {
    FigureDefinition figure = byCampaign(2);
    FigureBook book = book(figure);
    book.absorb(one(figure, NOON - 86_400_000, "yesterday"));
    for (int i = 0; i < 3; i++) {
      book.absorb(one(figure, NOON, "c" + i));
    }
    book.publish(point -> {});
    book.write(new Packer());

    FigureBook again = book(figure);
    List<Point> told = new ArrayList<>();
    again.publish(told::add);
    again.publish(told::add);
    assertThat(told)
        .allMatch(point -> point.window() == Window.DAY)
        .extracting(point -> point.reading().dimensions().get("campaign") + point.reading().value())
        .containsExactlyInAnyOrder("c01.0", "c11.0", "other1.0");
  }

  @Test
  void onlyWhatHasChangedIsPublishedAgain() {
    FigureDefinition figure = byCampaign(10);
    FigureBook book = book(figure);
    book.absorb(one(figure, NOON, "a"));
    book.absorb(one(figure, NOON, "b"));
    assertThat(published(book, Window.MINUTE)).hasSize(2);
    book.absorb(one(figure, NOON, "b"));

    assertThat(published(book, Window.MINUTE))
        .singleElement()
        .satisfies(
            point -> {
              assertThat(point.reading().value()).isEqualTo(2);
              assertThat(point.reading().revision()).isEqualTo(2);
            });
    assertThat(published(book, Window.MINUTE)).isEmpty();
  }

  @Test
  void whatComesTooEarlyDoesNotBeginTomorrow() {
    FigureDefinition figure =
        FigureDefinition.plain("n", "count", Measure.count(Filter.parse("TrafficEvent")));
    long midnight = new ShopCalendar(SHANGHAI).end(Window.DAY, NOON);
    long now = midnight - 60_000;
    FigureBook book = book(figure);
    book.absorb(one(figure, now));
    book.absorb(one(figure, midnight + 60_000));

    List<Point> before = publishedAt(book, now);
    assertThat(before).hasSize(3);
    assertThat(before)
        .allSatisfy(point -> assertThat(point.reading().to()).isLessThanOrEqualTo(midnight));
    book.write(new Packer());
    FigureBook again = book(figure);
    assertThat(publishedAt(again, midnight - 1)).isEmpty();
    assertThat(publishedAt(again, midnight))
        .extracting(Point::window)
        .containsExactlyInAnyOrder(Window.MINUTE, Window.HOUR, Window.DAY);
    assertThat(publishedAt(again, midnight)).isEmpty();
  }

  private static FigureDefinition byWeek() {
    FigureDefinition plain =
        FigureDefinition.plain("n", "count", Measure.count(Filter.parse("TrafficEvent")));
    return new FigureDefinition(
        plain.name(),
        plain.title(),
        plain.unit(),
        plain.numerator(),
        null,
        plain.by(),
        plain.cap(),
        Set.of(Window.DAY, Window.WEEK));
  }

  @Test
  void aWeekThatWasToldGoesOnWithItsDaysAlsoWithALateEventAndAfterARestart() {
    FigureDefinition figure = byWeek();
    long tomorrow = NOON + 86_400_000;
    FigureBook book = book(figure);
    book.absorb(one(figure, NOON));
    book.absorb(one(figure, tomorrow));
    assertThat(published(book, Window.WEEK))
        .extracting(point -> point.reading().value())
        .containsExactlyInAnyOrder(1.0, 2.0);

    book.absorb(one(figure, tomorrow + 1_000));
    assertThat(published(book, Window.WEEK))
        .extracting(point -> point.reading().value())
        .containsExactly(3.0);

    book.absorb(one(figure, NOON + 1_000));
    assertThat(published(book, Window.WEEK))
        .extracting(point -> point.reading().value())
        .containsExactlyInAnyOrder(2.0, 4.0);

    book.write(new Packer());
    FigureBook again = book(figure);
    again.absorb(one(figure, tomorrow + 2_000));
    assertThat(published(again, Window.WEEK))
        .extracting(point -> point.reading().value())
        .containsExactly(5.0);
  }

  @Test
  void aWeekEndsNoLaterThanToday() {
    FigureDefinition figure = byWeek();
    long midnight = new ShopCalendar(SHANGHAI).end(Window.DAY, NOON);
    FigureBook book = book(figure);
    book.absorb(one(figure, NOON));
    book.absorb(one(figure, midnight + 60_000));

    assertThat(publishedAt(book, midnight - 60_000))
        .extracting(point -> point.reading().to())
        .containsOnly(midnight);
  }

  @Test
  void aFigureThatBeganLaterSaysSo() {
    FigureDefinition figure = byCampaign(10);
    FigureBook book = book(figure, NOON + 1);
    book.absorb(one(figure, NOON, "a"));
    book.absorb(one(figure, NOON + 60_000, "a"));

    assertThat(published(book, Window.MINUTE))
        .extracting(point -> point.reading().isWhole())
        .containsExactly(false, true);
  }

  private static List<Point> publishedAt(FigureBook book, long now) {
    List<Point> points = new ArrayList<>();
    book.publish(now, points::add, early -> {});
    return points;
  }

  @Test
  void aDayIsTheShopsDay() {
    ShopCalendar calendar = new ShopCalendar(SHANGHAI);
    long day = calendar.start(Window.DAY, NOON);

    assertThat(Instant.ofEpochMilli(day)).isEqualTo(Instant.parse("2025-12-31T16:00:00Z"));
    assertThat(calendar.start(Window.DAY, day - 1)).isEqualTo(day - 86_400_000);
    assertThat(calendar.end(Window.DAY, day)).isEqualTo(day + 86_400_000);
  }

  @Test
  void aDayOnWhichClocksAreChangedHasItsOwnLength() {
    ShopCalendar calendar = new ShopCalendar(ZoneId.of("Europe/Berlin"));
    long spring = calendar.start(Window.DAY, Instant.parse("2026-03-29T12:00:00Z").toEpochMilli());

    assertThat(calendar.end(Window.DAY, spring) - spring).isEqualTo(23 * 3_600_000L);
    assertThat(calendar.day(spring, 1)).isEqualTo(calendar.end(Window.DAY, spring));
  }

  @Test
  void samplesTellNewAndRepeatedOfMillionsWithinOnePercent() {
    long seed = Long.getLong("fenghuo.seed", new Random().nextLong());
    System.out.println("seed " + seed + " (replay: -Dfenghuo.seed=" + seed + ")");
    Random random = new Random(seed);
    Sample yesterday = new Sample();
    Sample today = new Sample();
    for (int i = 0; i < 1_000_000; i++) {
      long hash = random.nextLong();
      yesterday.add(hash, 1);
      if (i % 2 == 0) {
        today.add(hash, 1);
      }
      today.add(random.nextLong(), 2);
    }

    assertThat(yesterday.size()).isBetween(985_000.0, 1_015_000.0);
    assertThat(today.size()).isBetween(1_480_000.0, 1_520_000.0);
    assertThat(today.without(yesterday)).isBetween(980_000.0, 1_020_000.0);
    assertThat(today.repeated()).isBetween(980_000.0, 1_020_000.0);
    today.merge(yesterday);
    assertThat(today.size()).isBetween(1_970_000.0, 2_030_000.0);
  }
}
