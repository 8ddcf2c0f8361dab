package io.fenghuo.console.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ReducedMotion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Debian's Chromium, driven by Playwright; it downloads nothing. */
final class Chromium implements AutoCloseable {
  private static final List<String> PLACES =
      List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");

  private final Playwright playwright;
  private final Browser browser;

  Chromium() {
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(place())
                    .setArgs(
                        List.of(
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-background-networking",
                            "--disable-dev-shm-usage")));
  }

  /** Where it is, or null: `./verify` installs it. */
  static Path place() {
    String chosen = System.getenv("CHROMIUM");
    Stream<String> places = chosen == null ? PLACES.stream() : Stream.of(chosen);
    return places.map(Path::of).filter(Files::isExecutable).findFirst().orElse(null);
  }

  /** A fresh profile that looks at the sample in a mode, as a user, in a language and a theme. */
  Page page(String address, Look look) {
    Map<String, String> headers = new HashMap<>();
    headers.put("X-Sample-Mode", look.mode());
    headers.put("X-Sample-User", look.user());
    BrowserContext context =
        browser.newContext(
            new Browser.NewContextOptions()
                .setBaseURL(address)
                .setViewportSize(look.width(), look.height())
                .setReducedMotion(ReducedMotion.REDUCE)
                .setHasTouch(look.width() < 500)
                .setExtraHTTPHeaders(headers));
    context.addInitScript(
        "addEventListener('securitypolicyviolation', (event) => console.error('CSP: ' + event.violatedDirective + ' ' + event.blockedURI));"
            + "try { localStorage.getItem('fenghuo.lang') ?? localStorage.setItem('fenghuo.lang', '"
            + look.language()
            + "');"
            + "localStorage.getItem('fenghuo.theme') ?? localStorage.setItem('fenghuo.theme', '"
            + look.theme()
            + "'); } catch { }");
    return context.newPage();
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }

  /** How somebody looks at the pages. */
  record Look(int width, int height, String language, String theme, String mode, String user) {
    static final Look WALL = new Look(1920, 1080, "zh", "dark", "full", "all");
    static final Look LAPTOP = new Look(1366, 768, "zh", "dark", "full", "all");
    static final Look PHONE = new Look(390, 844, "zh", "dark", "full", "all");

    Look in(String chosen) {
      return new Look(width, height, chosen, theme, mode, user);
    }

    Look with(String chosen) {
      return new Look(width, height, language, chosen, mode, user);
    }

    Look seeing(String chosen) {
      return new Look(width, height, language, theme, chosen, user);
    }

    Look as(String chosen) {
      return new Look(width, height, language, theme, mode, chosen);
    }
  }
}
