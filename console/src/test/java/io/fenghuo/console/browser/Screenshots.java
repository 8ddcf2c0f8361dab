package io.fenghuo.console.browser;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.WaitForSelectorState;
import io.fenghuo.console.browser.Chromium.Look;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Makes pictures of every page into a folder: three widths, Chinese in the dark and English in the
 * light, and of the main pages with nothing in them, with an error and with long names.
 */
final class Screenshots {
  private static final List<String> PAGES =
      List.of(
          "/live",
          "/review/o-20261122-81734",
          "/review",
          "/alerts/i-1",
          "/alerts",
          "/sla",
          "/figures?compare=day&dimension=method",
          "/rules",
          "/rules/order/burst",
          "/health",
          "/account",
          "/accounts",
          "/audit");

  private final Path folder;
  private final String address;
  private final Chromium chromium;
  private final String only;

  private Screenshots(Path folder, String address, Chromium chromium, String only) {
    this.folder = folder;
    this.address = address;
    this.chromium = chromium;
    this.only = only;
  }

  /** Arguments: the folder; then, if only some are wanted, a part of their names. */
  public static void main(String[] arguments) throws Exception {
    if (arguments.length == 0 || Chromium.place() == null) {
      System.err.println(
          arguments.length == 0
              ? "usage: ./console/browser screenshots DIR [PART-OF-A-NAME]"
              : "no Chromium here: apt-get install chromium fonts-noto-cjk");
      System.exit(2);
    }
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    try (SampleConsole console = new SampleConsole(0);
        Chromium chromium = new Chromium()) {
      new Screenshots(folder, console.address(), chromium, arguments.length > 1 ? arguments[1] : "")
          .all();
    }
    System.out.println("in " + folder);
  }

  private void all() {
    for (Look size : List.of(Look.WALL, Look.LAPTOP, Look.PHONE)) {
      pages(size, PAGES);
      pages(size.in("en").with("light"), PAGES);
      pages(size.as("out"), List.of("/login"));
      for (String mode : List.of("empty", "error", "long")) {
        pages(
            size.seeing(mode),
            List.of("/live", "/review", "/alerts", "/sla", "/figures", "/rules", "/health"));
      }
    }
    pages(Look.WALL, List.of("/live?at=replay"));
  }

  private void pages(Look look, List<String> paths) {
    List<String> wanted = paths.stream().filter(path -> name(look, path).contains(only)).toList();
    if (wanted.isEmpty()) {
      return;
    }
    Page page = chromium.page(address, look);
    for (String path : wanted) {
      page.navigate(path.equals("/live?at=replay") ? "/live" : path);
      page.waitForSelector(
          "main .panel", new Page.WaitForSelectorOptions().setState(WaitForSelectorState.ATTACHED));
      // On the wall and in front of a broken server some things are waited for in vain.
      page.waitForFunction(
          "() => document.querySelector('.pulse') || !document.querySelector('.wall, .waiting')"
              + (look.mode().equals("error") ? " || document.querySelector('.wall')" : ""));
      if (path.equals("/live?at=replay")) {
        page.keyboard().press("t");
        page.waitForSelector(".wall.past");
      }
      page.waitForFunction(
          "() => [...document.querySelectorAll('.chart-canvas')].every((each) => each.dataset.drawn)");
      page.evaluate(
          "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
      boolean whole = look.width() < 500 || !path.startsWith("/live");
      page.screenshot(
          new Page.ScreenshotOptions()
              .setPath(folder.resolve(name(look, path) + ".png"))
              .setFullPage(whole));
    }
    page.context().close();
  }

  private static String name(Look look, String path) {
    String page = path.substring(1).replaceAll("[/?=&,]+", "-").replace("o-20261122-81734", "case");
    return page
        + "_"
        + look.width()
        + "_"
        + look.language()
        + "_"
        + look.theme()
        + (look.mode().equals("full") ? "" : "_" + look.mode());
  }
}
