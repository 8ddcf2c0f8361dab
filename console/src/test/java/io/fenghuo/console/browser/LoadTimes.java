package io.fenghuo.console.browser;

import com.microsoft.playwright.Page;
import io.fenghuo.console.browser.Chromium.Look;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * How long the wall of a running console takes to load and to show today's money, with nothing in
 * the browser's cache. Of several consoles by turns, so that two of them can be compared.
 */
final class LoadTimes {

  /** Asks at each frame whether the number stands there. */
  private static final String WATCH =
      "(function look() { if (document.querySelector('[data-figure=gmv_paid] .rolling'))"
          + " { window.shownAfter = performance.now(); } else { requestAnimationFrame(look); } })();";

  private static final String ASK =
      "() => { const parts = performance.getEntriesByType('resource').filter((each) => each.name.includes('/web/'));"
          + " const page = performance.getEntriesByType('navigation')[0];"
          + " return { loaded: page.loadEventEnd, shown: window.shownAfter, files: parts.length,"
          + " bytes: page.transferSize + parts.reduce((sum, each) => sum + each.transferSize, 0) }; }";

  private LoadTimes() {}

  /** Arguments: how often, then the addresses of consoles without authentication. */
  public static void main(String[] arguments) {
    if (arguments.length < 2 || Chromium.place() == null) {
      System.err.println(
          arguments.length < 2
              ? "usage: ./console/browser load-times RUNS ADDRESS..."
              : "no Chromium here: apt-get install chromium fonts-noto-cjk");
      System.exit(2);
    }
    int runs = Integer.parseInt(arguments[0]);
    List<String> addresses = List.of(arguments).subList(1, arguments.length);
    Map<String, Map<String, List<Double>>> seen = new TreeMap<>();
    try (Chromium chromium = new Chromium()) {
      for (int run = 0; run <= runs; run++) {
        for (String address : addresses) {
          Map<?, ?> times = once(chromium, address);
          // The first one starts the browser itself.
          if (run > 0) {
            times.forEach(
                (name, value) ->
                    seen.computeIfAbsent(address, none -> new TreeMap<>())
                        .computeIfAbsent(name.toString(), none -> new ArrayList<>())
                        .add(((Number) value).doubleValue()));
          }
        }
      }
    }
    seen.forEach(
        (address, times) ->
            System.out.printf(
                Locale.ROOT,
                "%s/live: load event after %s ms, today's money after %s ms (median, least and most of %d); %.0f files, %.0f kB%n",
                address,
                spelled(times.get("loaded")),
                spelled(times.get("shown")),
                runs,
                times.get("files").get(0),
                times.get("bytes").get(0) / 1000));
  }

  private static Map<?, ?> once(Chromium chromium, String address) {
    Page page = chromium.page(address, Look.WALL);
    page.addInitScript(WATCH);
    page.navigate("/live");
    page.waitForFunction("() => window.shownAfter");
    Map<?, ?> times = (Map<?, ?>) page.evaluate(ASK);
    page.context().close();
    return times;
  }

  private static String spelled(List<Double> times) {
    List<Double> sorted = times.stream().sorted().toList();
    return String.format(
        Locale.ROOT,
        "%.0f (%.0f–%.0f)",
        sorted.get(sorted.size() / 2),
        sorted.get(0),
        sorted.get(sorted.size() - 1));
  }
}
