package io.fenghuo.console.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.WaitForSelectorState;
import io.fenghuo.console.browser.Chromium.Look;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The pages in a real browser, in front of a made-up shop. */
class BrowserTest {
  /** Each page with a text that only its content has, in Chinese and English. */
  private static final Map<String, String[]> PAGES = new LinkedHashMap<>();

  static {
    PAGES.put("/live", new String[] {"今日支付金额 GMV", "Paid today, GMV"});
    PAGES.put("/review", new String[] {"10 分钟内下了 7 单", "7 orders by one user"});
    PAGES.put("/alerts", new String[] {"支付宝成功率跌到", "Alipay succeeds at"});
    PAGES.put("/alerts/i-1", new String[] {"送达证明", "Proof of delivery"});
    PAGES.put("/sla", new String[] {"支付成功率有危险", "Payment success is in danger"});
    PAGES.put("/figures", new String[] {"支付金额：", "GMV paid:"});
    PAGES.put("/rules", new String[] {"首单优惠薅羊毛", "First-order coupon farming"});
    PAGES.put("/rules/order/burst", new String[] {"规则原文", "Its text"});
    PAGES.put("/health", new String[] {"traffic 积压", "traffic lags"});
    PAGES.put("/account", new String[] {"我是谁", "Who I am"});
    PAGES.put("/accounts", new String[] {"谁可以进来", "Who may come in"});
    PAGES.put("/audit", new String[] {"case.unmask", "case.unmask"});
  }

  private static SampleConsole console;
  private static Chromium chromium;

  private final List<String> wrong = new ArrayList<>();
  private Page page;

  @BeforeAll
  static void start() {
    assumeTrue(
        Chromium.place() != null,
        "no Chromium here: the browser tests are skipped (apt-get install chromium fonts-noto-cjk)");
    console = new SampleConsole(0);
    chromium = new Chromium();
  }

  @AfterAll
  static void stop() {
    if (chromium != null) {
      chromium.close();
    }
    if (console != null) {
      console.close();
    }
  }

  @BeforeEach
  void begin() {
    console.forget();
  }

  @AfterEach
  void end() {
    console.setAway(false);
    if (page != null) {
      page.context().close();
    }
  }

  static Stream<Arguments> looks() {
    return Stream.of(Look.WALL, Look.LAPTOP, Look.PHONE)
        .flatMap(look -> Stream.of(Arguments.of(look), Arguments.of(look.in("en").with("light"))));
  }

  @ParameterizedTest
  @MethodSource("looks")
  void everyPageSpeaksItsLanguageFitsItsWidthAndKeepsThePolicy(Look look) {
    open(look);
    PAGES.forEach(
        (path, texts) -> {
          page.navigate(path);
          see(texts[look.language().equals("zh") ? 0 : 1]);
          fits(path);
        });
    nothingWentWrong();
  }

  @Test
  void theWallFillsItsScreenWithoutAScrollBar() {
    open(Look.WALL);
    page.navigate("/live");
    see("今日支付金额 GMV");
    assertThat(scrollsDown()).isFalse();
    Number largest =
        (Number)
            page.evaluate(
                "() => Math.max(...[...document.querySelectorAll('main *')].filter(e => !e.closest('.hero-number')).map(e => parseFloat(getComputedStyle(e).fontSize)))");
    Number hero =
        (Number)
            page.evaluate(
                "() => parseFloat(getComputedStyle(document.querySelector('.hero-number')).fontSize)");
    assertThat(hero.doubleValue()).isGreaterThan(largest.doubleValue() * 2);
  }

  @Test
  void theLargestNumberMovesAndNeverShowsNothingAsZero() {
    open(Look.LAPTOP);
    page.navigate("/live");
    Locator number = page.locator("[data-figure=gmv_paid]");
    number.locator(".rolling").waitFor();
    String first = number.getAttribute("data-value");
    until(() -> !number.getAttribute("data-value").equals(first));
    open(Look.LAPTOP.seeing("empty"));
    page.navigate("/live");
    see("今天还没有支付");
    assertThat(page.locator(".hero-number").innerText()).doesNotContain("0");
  }

  @Test
  void whatIsOldIsNeverShownAsLiveAndTheStreamComesBack() {
    open(Look.LAPTOP);
    page.navigate("/live");
    see("实时");
    console.setAway(true);
    see("连接中断，数据停在");
    console.setAway(false);
    page.locator(".wall-live:has(.pulse)").waitFor();
    double back = paid();
    until(() -> paid() != back);
  }

  @Test
  void aPastMinuteCannotBeTakenForNow() {
    open(Look.LAPTOP);
    page.navigate("/live");
    see("实时");
    page.keyboard().press("t");
    see("回看，不是实时");
    assertThat(page.locator(".wall.past").count()).isEqualTo(1);
    double value = paid();
    page.keyboard().press("ArrowLeft");
    until(() -> paid() < value);
    page.keyboard().press("Escape");
    page.locator(".wall-live:has(.pulse)").waitFor();
    nothingWentWrong();
  }

  @Test
  void oneKeySwitchesTheLanguageAndItIsKept() {
    open(Look.LAPTOP);
    page.navigate("/rules");
    see("首单优惠薅羊毛");
    page.keyboard().press("l");
    see("First-order coupon farming");
    assertThat(page.locator("html").getAttribute("lang")).isEqualTo("en");
    page.reload();
    see("First-order coupon farming");
  }

  @Test
  void aCaseIsTakenDecidedAndUndoneWithKeysAlone() {
    open(Look.LAPTOP);
    page.navigate("/review");
    see("10 分钟内下了 7 单");
    page.keyboard().press("n");
    see("命中的规则");
    String id = path().substring("/review/".length());
    page.keyboard().press("r");
    page.locator(".undo-line").waitFor();
    assertThat(console.cases().verdict(id)).isEqualTo("REJECT");
    until(() -> !path().endsWith(id));
    page.keyboard().press("z");
    until(() -> console.cases().verdict(id) == null);
    until(() -> path().endsWith(id));
    page.keyboard().press("?");
    page.getByRole(AriaRole.DIALOG).waitFor();
    see("短信验证");
    page.keyboard().press("Escape");
    page.keyboard().press("/");
    assertThat(page.evaluate("() => document.activeElement.id")).isEqualTo("review-search");
    nothingWentWrong();
  }

  @Test
  void anEscalatedCaseSaysWhoHandedItOnAndIsForSeniorsOnly() {
    String handedOn = "/review/o-20261122-" + (81_734 + 4 * 13);
    open(Look.LAPTOP.as("reviewer"));
    page.navigate(handedOn);
    see("同一地址还有三单在等");
    see("由批准人或管理员处理");
    assertThat(page.locator(".verdict").first().isDisabled()).isTrue();
    page.keyboard().press("a");
    see("由批准人或管理员处理");
    assertThat(console.cases().verdict("o-20261122-81786")).isNull();
    page.navigate("/review/o-20261122-81734");
    see("命中的规则");
    page.fill("#case-note", "请定");
    page.locator(".verdict-ESCALATE").click();
    until(() -> "wang.fang".equals(console.cases().escalatedBy("o-20261122-81734")));

    open(Look.LAPTOP);
    page.navigate(handedOn);
    see("li.na");
    assertThat(page.locator(".verdict-ESCALATE").isDisabled()).isTrue();
    assertThat(page.locator(".verdict-APPROVE").isEnabled()).isTrue();
    nothingWentWrong();
  }

  @Test
  void manyCasesAreDecidedTogetherOnlyAfterAPreview() {
    open(Look.LAPTOP);
    page.navigate("/review");
    page.locator(".case-pick input").first().check();
    page.locator(".case-pick input").nth(1).check();
    page.keyboard().press("b");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("预览")).click();
    see("将对 2 单裁决");
    assertThat(console.cases().counts("wang.fang").get("open")).isEqualTo(48);
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("确认裁决")).click();
    until(() -> console.cases().counts("wang.fang").get("open").equals(46));
  }

  @Test
  void anIncidentIsAnsweredAndSilencedWithAThumb() {
    open(Look.PHONE);
    page.navigate("/alerts");
    Locator answer = page.locator(".burn-actions .button").first();
    answer.waitFor();
    assertThat(answer.boundingBox().height).isGreaterThanOrEqualTo(44);
    answer.tap();
    until(() -> console.onCall().state("i-1").equals("answered"));
    page.locator(".burn-open").first().tap();
    see("送达证明");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("静默").setExact(true))
        .first()
        .tap();
    page.getByPlaceholder("例如：正在发布").fill("切换通道");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("先预览")).tap();
    see("现在会静默 1 条告警");
    page.locator("dialog .button.main").tap();
    until(() -> console.onCall().silences().size() == 2);
    fits("/alerts");
  }

  @Test
  void namesFromOutsideAreTextAndStayInTheirPlace() {
    for (Look look : List.of(Look.WALL, Look.PHONE)) {
      open(look.seeing("long"));
      page.onDialog(dialog -> wrong.add("a dialog: " + dialog.message()));
      for (String path : List.of("/live", "/review", "/alerts", "/alerts/i-1", "/rules")) {
        page.navigate(path);
        page.locator("main .panel .theirs, main table")
            .first()
            .waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.ATTACHED));
        fits(path);
        assertThat(page.locator("main script, main img[src=x]").count()).isZero();
      }
      page.navigate("/live");
      see("<script>alert");
      assertThat(look == Look.WALL && scrollsDown()).isFalse();
    }
    nothingWentWrong();
  }

  @Test
  void nothingAndWrongAndForbiddenAreDrawnOnPurpose() {
    open(Look.LAPTOP.seeing("empty"));
    for (String path : List.of("/live", "/review", "/alerts", "/sla", "/rules", "/health")) {
      page.navigate(path);
      page.locator(".blank-title, .target-none").first().waitFor();
    }
    nothingWentWrong();
    open(Look.LAPTOP.seeing("error"));
    for (String path : List.of("/review", "/alerts", "/sla", "/figures", "/rules", "/health")) {
      page.navigate(path);
      page.locator(".blank-wrong").first().waitFor();
      see("数据库暂时不可用");
    }
    open(Look.LAPTOP.as("viewer"));
    page.navigate("/accounts");
    see("你没有查看这一页的权限");
    page.navigate("/review/o-20261122-81734");
    see("只能查看");
    assertThat(page.locator(".verdict").first().isDisabled()).isTrue();
  }

  @Test
  void whoIsNotSignedInSignsInAndGetsWhereTheyWanted() {
    open(Look.PHONE.as("out"));
    page.navigate("/review");
    see("请先登录");
    page.fill("#login-name", "zhao.lei");
    page.fill("#login-password", "wrong-password");
    page.keyboard().press("Enter");
    see("用户名或密码不对");
    page.fill("#login-password", SampleConsole.PASSWORD);
    page.keyboard().press("Enter");
    see("待审");
    assertThat(path()).isEqualTo("/review");
  }

  @Test
  void whoWasTurnedAwayAtTheProviderReadsWhyInEitherLanguage() {
    open(Look.PHONE.as("out"));
    page.navigate("/login?refused=no-role&next=/alerts");
    see("你还没有这里的角色");
    assertThat(page.getByText("企业账号 SSO 登录").getAttribute("href"))
        .isEqualTo("/api/v1/session/openid?next=%2Falerts");
    fits("/login");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("English")).click();
    see("You have no role here yet");
    for (String[] each :
        new String[][] {
          {"provider-away", "does not answer"},
          {"state-mismatch", "did not begin in this browser"},
          {"expired", "has expired"},
          {"not-trusted", "did not pass the checks"},
          {"<script>", "did not let you in"}
        }) {
      page.navigate("/login?refused=" + each[0]);
      see(each[1]);
    }
    nothingWentWrong();
  }

  @Test
  void theDemoSaysSoOnEveryPage() {
    open(Look.LAPTOP.as("demo"));
    for (String path : PAGES.keySet()) {
      page.navigate(path);
      see("演示模式");
    }
  }

  @Test
  void accessibilityHasNoSeriousFault() {
    String axe = axe();
    for (Look look : List.of(Look.LAPTOP, Look.LAPTOP.in("en").with("light"), Look.PHONE)) {
      open(look);
      for (String path :
          List.of(
              "/live",
              "/review/o-20261122-81734",
              "/alerts/i-1",
              "/sla",
              "/figures",
              "/rules",
              "/rules/order/burst",
              "/health",
              "/account")) {
        page.navigate(path);
        page.locator("main .panel")
            .first()
            .waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.ATTACHED));
        page.waitForFunction("() => !document.querySelector('.waiting')");
        page.evaluate(axe);
        Object faults =
            page.evaluate(
                "async () => (await axe.run({ resultTypes: ['violations'] })).violations.filter(v => v.impact === 'serious' || v.impact === 'critical')"
                    + ".map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.target + ' ' + (n.any[0]?.message ?? '')).join(' | '))");
        assertThat((List<?>) faults).as("%s %s", path, look).isEmpty();
      }
    }
  }

  @Test
  void theWallsPageDoesNotGrowWithTheNight() {
    open(Look.LAPTOP);
    page.navigate("/live");
    see("实时");
    Number before = (Number) page.evaluate("() => document.querySelectorAll('*').length");
    String at = page.locator("[data-figure=gmv_paid]").getAttribute("data-value");
    until(() -> !page.locator("[data-figure=gmv_paid]").getAttribute("data-value").equals(at));
    // Eight hours at one event a second, without the waiting.
    Number held =
        (Number)
            page.evaluate(
                "async () => {"
                    + " const picture = await import('/web/live/picture.js'); const { now } = await import('/web/live/stream.js');"
                    + " for (let s = 0; s < 28800; s++) {"
                    + "  const from = new Date(Date.UTC(2026, 10, 22) + Math.floor(s / 60) * 60000).toISOString();"
                    + "  picture.takeFigures(now, { figures: [{ name: 'gmv_paid', window: 'MINUTE', dimensions: {}, from, value: s }, { name: 'n' + s, window: 'MINUTE', dimensions: { d: s }, from, value: s }] });"
                    + " } return now.figures.size + now.before.size + now.minutes.length; }");
    assertThat(held.intValue()).isLessThan(6_500);
    Number after = (Number) page.evaluate("() => document.querySelectorAll('*').length");
    assertThat(after.intValue()).isLessThan(before.intValue() + 200);
  }

  private void open(Look look) {
    if (page != null) {
      page.context().close();
    }
    page = chromium.page(console.address(), look);
    page.setDefaultTimeout(15_000);
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error")) {
            wrong.add(page.url() + " " + message.text());
          }
        });
    page.onPageError(error -> wrong.add(page.url() + " " + error));
  }

  /** Asked of the page: Playwright learns of a new address only while it talks to the browser. */
  private String path() {
    return (String) page.evaluate("() => location.pathname");
  }

  private void see(String text) {
    page.getByText(text).locator("visible=true").first().waitFor();
  }

  private void fits(String path) {
    Object over =
        page.evaluate(
            "() => document.documentElement.scrollWidth > innerWidth ? [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
                + ".slice(0, 5).map(e => e.tagName + '.' + e.className).join(', ') : ''");
    assertThat(over).as("too wide on %s", path).isEqualTo("");
  }

  /** Today's GMV as the wall shows it, once it is known. */
  private double paid() {
    return Double.parseDouble(
        page.locator("[data-figure=gmv_paid]:not([data-value=''])").getAttribute("data-value"));
  }

  private boolean scrollsDown() {
    return (boolean) page.evaluate("() => document.documentElement.scrollHeight > innerHeight");
  }

  private void nothingWentWrong() {
    assertThat(wrong).isEmpty();
  }

  private static void until(Callable<Boolean> condition) {
    Awaitility.await().pollInSameThread().until(condition);
  }

  private static String axe() {
    try (InputStream source =
        BrowserTest.class
            .getClassLoader()
            .getResourceAsStream("META-INF/resources/webjars/axe-core/4.6.3/axe.min.js")) {
      return new String(source.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
