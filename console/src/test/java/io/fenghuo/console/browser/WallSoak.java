package io.fenghuo.console.browser;

import com.google.gson.JsonObject;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ReducedMotion;
import io.fenghuo.console.browser.Chromium.Look;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;

/**
 * The wall screen left alone for a night, in full screen, on a made-up shop whose seconds are
 * short: each simulated second is sent and drawn, the shop's day ends at midnight, and once an hour
 * the connection is lost. Prints what the page holds; fails when that has grown.
 */
final class WallSoak {

  /** The page's memory after the first quarter of an hour, when all that it keeps is there. */
  private static final int FIRST_LOOK_MINUTES = 15;

  /** More than this is a leak, and not how a collector happens to find things. */
  private static final double MOST_GROWTH = 1.25;

  /**
   * One collection does not find everything, and between two the page draws on: the least counts.
   */
  private static final int COLLECTIONS = 5;

  private static final LocalDate NIGHT = LocalDate.of(2026, 11, 11);
  private static final int EVENING = 20;

  private final SampleConsole console;
  private final Page page;
  private final CDPSession inside;
  private final Instant begin;
  private final long started = System.nanoTime();

  /**
   * @param heap bytes of JavaScript's objects after a collection
   * @param nodes of the document, and of what was taken out of it and is still held
   * @param resident bytes of the browser's processes that draw
   */
  private record Held(double heap, long nodes, long listeners, long resident) {

    Held least(Held other) {
      return new Held(
          Math.min(heap, other.heap),
          Math.min(nodes, other.nodes),
          Math.min(listeners, other.listeners),
          Math.min(resident, other.resident));
    }
  }

  private WallSoak(SampleConsole console, Page page, Instant begin) {
    this.console = console;
    this.page = page;
    this.begin = begin;
    this.inside = page.context().newCDPSession(page);
    // What is on its way when the connection is lost, megabytes, is drawn first.
    page.setDefaultTimeout(Duration.ofMinutes(10).toMillis());
  }

  /** Arguments: hours (8), simulated seconds in a second (60). */
  public static void main(String[] arguments) {
    int hours = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 8;
    int pace = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 60;
    if (Chromium.place() == null) {
      System.err.println("no Chromium here: apt-get install chromium fonts-noto-cjk");
      System.exit(2);
    }
    Instant begin = ZonedDateTime.of(NIGHT.atTime(EVENING, 0), SampleShop.ZONE).toInstant();
    AtomicLong seconds = new AtomicLong();
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    boolean flat;
    try (SampleConsole console = new SampleConsole(0, () -> begin.plusSeconds(seconds.get()));
        Chromium chromium = new Chromium()) {
      // A page that is slower holds this thread up, so that none of its seconds is left out.
      clock.scheduleWithFixedDelay(
          () -> {
            seconds.incrementAndGet();
            console.tick();
          },
          0,
          TimeUnit.SECONDS.toMicros(1) / pace,
          TimeUnit.MICROSECONDS);
      flat = new WallSoak(console, chromium.page(console.address(), Look.WALL), begin).watch(hours);
    } finally {
      clock.shutdownNow();
    }
    System.exit(flat ? 0 : 1);
  }

  private boolean watch(int hours) {
    page.emulateMedia(new Page.EmulateMediaOptions().setReducedMotion(ReducedMotion.NO_PREFERENCE));
    page.navigate("/live");
    page.waitForSelector(".pulse");
    page.keyboard().press("f");
    page.waitForSelector(".wall-full");
    System.out.println(
        "| simulated | JS heap, MB | nodes | listeners | renderers, MB | after, s |");
    System.out.println("|---|---|---|---|---|---|");
    Held first = lookAt(Duration.ofMinutes(FIRST_LOOK_MINUTES));
    Held last = first;
    for (int hour = 1; hour <= hours; hour++) {
      last = lookAt(Duration.ofHours(hour));
      console.setAway(true);
      page.waitForSelector(".wall-live.tone-warning");
      console.setAway(false);
      page.waitForSelector(".pulse");
    }
    // Nodes that were taken out are held until a collection the browser chooses: for the eye only.
    boolean flat = last.heap() <= MOST_GROWTH * first.heap();
    System.out.println(flat ? "the page has not grown" : "THE PAGE HAS GROWN");
    return flat;
  }

  /** Waits until the page has taken and drawn so much of the night, and looks at it. */
  private Held lookAt(Duration simulated) {
    long wanted = begin.plus(simulated).toEpochMilli();
    Awaitility.await()
        .atMost(Duration.ofHours(2))
        .pollInterval(Duration.ofMillis(200))
        .pollInSameThread()
        .until(
            () ->
                ((Number)
                            page.evaluate(
                                "async () => { const { now } = await import('/web/live/stream.js');"
                                    + " return Date.parse(now.at); }"))
                        .longValue()
                    >= wanted);
    Held held = held();
    for (int again = 0; again < COLLECTIONS; again++) {
      held = held.least(held());
    }
    System.out.printf(
        Locale.ROOT,
        "| %d h %02d min | %.2f | %d | %d | %.0f | %d |%n",
        simulated.toHours(),
        simulated.toMinutesPart(),
        held.heap() / 1e6,
        held.nodes(),
        held.listeners(),
        held.resident() / 1e6,
        (System.nanoTime() - started) / 1_000_000_000);
    return held;
  }

  private Held held() {
    inside.send("HeapProfiler.collectGarbage");
    JsonObject heap = inside.send("Runtime.getHeapUsage");
    JsonObject counted = inside.send("Memory.getDOMCounters");
    return new Held(
        heap.get("usedSize").getAsDouble(),
        counted.get("nodes").getAsLong(),
        counted.get("jsEventListeners").getAsLong(),
        resident());
  }

  /** Of the browser's renderers; 0 where there is no /proc to tell. */
  private static long resident() {
    return ProcessHandle.current().descendants().mapToLong(WallSoak::resident).sum();
  }

  private static long resident(ProcessHandle process) {
    Path files = Path.of("/proc/" + process.pid());
    try {
      if (!Files.readString(files.resolve("cmdline")).contains("--type=renderer")) {
        return 0;
      }
      return Files.readAllLines(files.resolve("status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
          .sum();
    } catch (IOException gone) {
      return 0;
    }
  }
}
