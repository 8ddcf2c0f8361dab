package io.fenghuo.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.OrderType;
import io.fenghuo.schemas.PaymentEvent;
import io.fenghuo.schemas.PaymentStatus;
import io.fenghuo.schemas.ReviewOutcome;
import io.fenghuo.schemas.Stream;
import io.fenghuo.schemas.Verdict;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The console as people have it: pages in Debian's Chromium, in front of {@code ./fenghuo up} as a
 * process of its own, with accounts and simulated traffic. One start is dear, so this is one story;
 * it says on standard output how far it came, and leaves pictures in {@code target} when it fails.
 *
 * <p>It takes a quarter of the time a build may take: {@code mvn -pl deploy/local test
 * -Dtest=ConsoleInBrowserTest -Dfenghuo.browser=true}.
 */
@EnabledIfSystemProperty(named = "fenghuo.browser", matches = "true")
class ConsoleInBrowserTest {

  private static final Duration PATIENCE = Duration.ofSeconds(240);
  private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
  private static final int FLAGGED = 12;
  private static final int ROUNDS = 4;
  private static final long MINUTE = 60_000;

  /** ¥36,000 in one order, by somebody who never bought anything: order/large-spend. */
  private static final long LARGE = 3_600_000;

  @TempDir Path folder;

  private final List<String> wrong = new ArrayList<>();
  private final KafkaAddress kafka = new KafkaAddress(LoopbackPort.HOST, LoopbackPort.free());
  private final int consolePort = LoopbackPort.free();
  private final long began = System.nanoTime();
  private Playwright playwright;
  private Browser browser;
  private UpProcess up;
  private int starts;
  private int paid;
  private Page wall;
  private Page li;
  private Page wang;

  @BeforeEach
  void openTheBrowser() {
    Path chromium = chromium();
    assumeTrue(
        chromium != null,
        "no Chromium here: the console is not looked at (apt-get install chromium fonts-noto-cjk)");
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(chromium)
                    .setArgs(List.of("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")));
  }

  private static Path chromium() {
    String chosen = System.getenv("CHROMIUM");
    return List.of(chosen == null ? "/usr/bin/chromium" : chosen, "/usr/bin/chromium-browser")
        .stream()
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(null);
  }

  @AfterEach
  void endWhatIsLeft() throws Exception {
    if (playwright != null) {
      playwright.close();
    }
    if (up != null && up.isAlive()) {
      signal("-CONT"); // a stopped server could not be stopped
      up.stop(PATIENCE);
    }
  }

  @Test
  void peopleSignInReviewAnswerAndLoseNothingWhenPartsGoAway() throws Exception {
    try {
      up = start("mixed");
      theOneTimePasswordSignsInOnceAndIsReplaced();
      theWallIsAlive();
      theAdminMakesTwoReviewers();
      twoReviewersNeverHoldTheSameCase();
      String rejected = aVerdictIsCountedInTheTeamAndForItsRule();
      anIncidentIsAnsweredWithProofThatPeopleWereTold();
      String approved = whileTheDatabaseIsAwayVerdictsAreRefusedAndNothingIsLost();
      theWallOfAKilledServerSaysSoAndComesBackWithoutAGap();
      theWallsMoneyIsThatOfTheTopic();
      eachVerdictIsInTheTopicOnce(rejected, approved);
      assertThat(wrong).isEmpty();
      assertThat(up.stop(PATIENCE)).isZero();
      reached("stopped");
    } catch (Throwable failure) {
      takePictures();
      throw failure;
    }
  }

  // ---- the story

  private void theOneTimePasswordSignsInOnceAndIsReplaced() {
    String oneTime = up.said("one-time password (\\S+)");
    wall = visitor(1920, 1080);
    wall.navigate("/live");
    see(wall, "请先登录");
    signIn(wall, "admin", "not the password");
    see(wall, "账号或密码不正确");
    press(wall, "English");
    see(wall, "Wrong name or password");
    press(wall, "中文");
    signIn(wall, "admin", oneTime);
    choose(wall, oneTime, "a beacon on the wall");
    press(wall, "退出");
    wall.locator("#login-name").waitFor();
    wall.navigate("/accounts");
    see(wall, "请先登录");
    signIn(wall, "admin", oneTime);
    see(wall, "账号或密码不正确");
    signIn(wall, "admin", "a beacon on the wall");
    see(wall, "谁可以进来");
    reached("signed in");
  }

  private void theWallIsAlive() {
    wall.navigate("/live");
    wall.locator(".wall-live:has(.pulse)").waitFor();
    double first = paidOnTheWall();
    until(() -> paidOnTheWall() > first);
    reached("the wall moves");
  }

  private void theAdminMakesTwoReviewers() {
    Page accounts = wall.context().newPage();
    watch(accounts);
    accounts.navigate("/accounts");
    String forLi = make(accounts, "li.na", "审核员");
    String forWang = make(accounts, "wang.fang", "审核员", "值班");
    accounts.close();
    li = visitor(1366, 900);
    wang = visitor(1366, 900);
    for (Page each : List.of(li, wang)) {
      each.navigate("/login");
    }
    signIn(li, "li.na", forLi);
    choose(li, forLi, "li na's own password");
    signIn(wang, "wang.fang", forWang);
    choose(wang, forWang, "wang fang's own password");
    reached("two reviewers");
  }

  private void twoReviewersNeverHoldTheSameCase() {
    publish(IntStream.range(0, FLAGGED).mapToObj(i -> order("flagged-" + i, LARGE + i)).toList());
    for (Page each : List.of(li, wang)) {
      each.navigate("/review");
      until(() -> each.locator("[data-case^=flagged-]").count() == FLAGGED);
    }
    List<String> held = new ArrayList<>();
    String lis = "";
    String wangs = "";
    for (int round = 0; round < ROUNDS; round++) {
      li.keyboard().press("n");
      wang.keyboard().press("n");
      lis = caseAfter(li, lis);
      wangs = caseAfter(wang, wangs);
      held.add(lis);
      held.add(wangs);
    }
    assertThat(held).doesNotHaveDuplicates();
    wang.navigate("/review/" + lis);
    see(wang, "li.na 正在审");
    assertThat(wang.locator(".verdict").first().isDisabled()).isTrue();
    wang.navigate("/review/" + wangs);
    see(wang, "由你锁定");
    reached(held.size() + " cases held, each by one");
  }

  /** Returns the case. */
  private String aVerdictIsCountedInTheTeamAndForItsRule() {
    String id = caseAfter(li, "");
    String rule = li.locator(".hit:not(.shadow) code").first().innerText();
    li.keyboard().press("r");
    li.locator(".undo-line").waitFor();
    caseAfter(li, id);
    li.locator(".page-head button.quiet").first().click();
    Locator own = li.locator("dialog tr").filter(new Locator.FilterOptions().setHasText("li.na"));
    until(() -> own.count() == 1 && own.locator("td").nth(1).innerText().equals("1"));
    li.navigate("/rules/" + rule);
    see(li, "1 次裁决");
    see(li, "100.0 %");
    li.navigate("/review");
    reached(rule + " judged by " + id);
    return id;
  }

  private void anIncidentIsAnsweredWithProofThatPeopleWereTold() throws Exception {
    HttpResponse<String> taken =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create(up.said("alerting=(http\\S+)") + "/api/v2/alerts"))
                    .header("Content-Type", "application/json")
                    .POST(
                        HttpRequest.BodyPublishers.ofString(
                            "[{\"labels\":{\"alertname\":\"LedgerDown\",\"severity\":\"critical\"},"
                                + "\"annotations\":{\"summary_zh\":\"记账服务不可用\","
                                + "\"summary_en\":\"The ledger is down\"}}]"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(taken.statusCode()).as(taken.body()).isEqualTo(200);
    Page phone = wang.context().newPage();
    watch(phone);
    phone.setViewportSize(390, 844);
    phone.navigate("/alerts");
    phone.locator(".burn-open:has-text('记账服务不可用')").click();
    phone.locator(".proof:has-text('已送达')").waitFor();
    phone.locator(".incident-actions .button.main").click();
    phone.locator(".story li:has-text('wang.fang'):has-text('应答')").waitFor();
    phone.locator(".incident-head:has-text('处理中')").waitFor();
    assertThat(Files.readString(folder.resolve("data/logs/messages.log"))).contains("记账服务不可用");
    phone.close();
    reached("an incident is answered");
  }

  /** Returns the case that is decided at last. */
  private String whileTheDatabaseIsAwayVerdictsAreRefusedAndNothingIsLost() throws Exception {
    Page health = wall.context().newPage();
    watch(health);
    health.navigate("/health");
    health.locator("dd:has-text('正常 ·')").waitFor();
    String id = caseAfter(wang, "");
    signal("-STOP");
    publish(List.of(order("meanwhile", 2 * LARGE)));
    wang.keyboard().press("a");
    wang.locator(".toast:has-text('数据库暂时不可用')").waitFor();
    assertThat(wang.locator(".undo-line").count()).isZero();
    reached("a verdict is refused");
    health.locator("h1:has-text('数据库不可用')").waitFor();
    li.locator(".strip-warning:has-text('数据库暂时不可用')").waitFor();
    assertThat(wall.locator(".wall-live:has(.pulse)").count()).isEqualTo(1);
    reached("pages say that the database is away");
    signal("-CONT");
    health.locator("dd:has-text('正常 ·')").waitFor();
    health.close();
    li.locator("[data-case=meanwhile]").waitFor();
    assertThat(li.locator(".strip-warning").count()).isZero();
    assertThat(path(wang)).isEqualTo("/review/" + id);
    wang.locator(".verdict-APPROVE:enabled").waitFor();
    wang.keyboard().press("a");
    wang.locator(".undo-line").waitFor();
    reached("the database is back");
    return id;
  }

  private void theWallOfAKilledServerSaysSoAndComesBackWithoutAGap() throws Exception {
    List<PaymentEvent> late = payments(12, 11, 10, 8, 7, 4, 3);
    publish(late);
    until(() -> isOnTheCurve(late));
    wall.evaluate("() => { window.neverReloaded = true; }");
    wall.route("**/live/stream", Route::abort);
    up.kill();
    see(wall, "连接中断，数据停在");
    assertThat(wall.locator(".wall-live").innerText())
        .matches("(?s).*数据停在 \\d\\d:\\d\\d:\\d\\d，正在重连.*");
    assertThat(wall.locator(".pulse").count()).isZero();
    wall.locator(".hero.stale .age-stale:has-text('数据停在')").waitFor();
    reached("the wall says that it is not live");

    // The simulated shop stays closed, so that both sides of what is compared stand still.
    up = start("none");
    publish(payments(10, 9, 6, 5, 4, 2));
    try (Kpis kpis = new Kpis(kafka)) {
      until(() -> kpis.read().ofDay("gmv_paid", today()) == recount());
      wall.unroute("**/live/stream");
      wall.locator(".wall-live:has(.pulse)").waitFor();
      until(() -> agrees(kpis));
      assertThat(wall.evaluate("() => window.neverReloaded")).isEqualTo(true);
    }
    reached("the wall is back, without a gap");
  }

  private void theWallsMoneyIsThatOfTheTopic() throws Exception {
    try (Kpis kpis = new Kpis(kafka)) {
      double before = kpis.read().ofDay("gmv_paid", today());
      List<PaymentEvent> more = payments(9, 5, 3, 1, 0);
      publish(more);
      double sum = more.stream().mapToLong(PaymentEvent::getAmount).sum();
      until(() -> paidOnTheWall() == before + sum);
      until(() -> agrees(kpis));
      assertThat(paidOnTheWall()).isEqualTo(recount());
    }
    reached("what the wall shows is what the topic holds");
  }

  private void eachVerdictIsInTheTopicOnce(String rejected, String approved) throws Exception {
    until(() -> Said.read(kafka.toString(), Stream.REVIEWS, ReviewOutcome.class).size() >= 2);
    List<ReviewOutcome> said = Said.read(kafka.toString(), Stream.REVIEWS, ReviewOutcome.class);
    assertThat(said)
        .extracting(
            ReviewOutcome::getOrderId, ReviewOutcome::getVerdict, ReviewOutcome::getReviewer)
        .containsExactlyInAnyOrder(
            tuple(rejected, Verdict.REJECT, "li.na"),
            tuple(approved, Verdict.APPROVE, "wang.fang"));
    reached("both verdicts are in the topic");
  }

  // ---- the wall beside the topic

  /** The wall shows the money of the topic, of the day and of each minute that is over. */
  private boolean agrees(Kpis kpis) {
    kpis.read();
    JsonNode shown = shown();
    long until = Instant.parse(shown.path("at").asText()).toEpochMilli();
    Map<Long, Double> expected = new TreeMap<>(kpis.minutes("gmv_paid", today()));
    expected.keySet().removeIf(from -> from + MINUTE > until);
    return curveOnTheWall(shown).equals(expected)
        && paidOnTheWall() == kpis.ofDay("gmv_paid", today());
  }

  private JsonNode shown() {
    try {
      return new ObjectMapper()
          .readTree(
              (String)
                  wall.evaluate(
                      "async () => { const { now } = await import('/web/live/stream.js');"
                          + " return JSON.stringify({ at: now.figuresAt, minutes: now.minutes }); }"));
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Map<Long, Double> curveOnTheWall(JsonNode shown) {
    long until = Instant.parse(shown.path("at").asText()).toEpochMilli();
    Map<Long, Double> curve = new TreeMap<>();
    for (JsonNode each : shown.path("minutes")) {
      long from = Instant.parse(each.path("from").asText()).toEpochMilli();
      if (from + MINUTE <= until) {
        curve.put(from, each.path("value").asDouble());
      }
    }
    return curve;
  }

  /** The minutes of these payments that are over are drawn. */
  private boolean isOnTheCurve(List<PaymentEvent> payments) {
    JsonNode shown = shown();
    long until = Instant.parse(shown.path("at").asText()).toEpochMilli();
    return payments.stream()
        .map(each -> each.getEventTime() - each.getEventTime() % MINUTE)
        .filter(from -> from + MINUTE <= until)
        .allMatch(curveOnTheWall(shown)::containsKey);
  }

  private double paidOnTheWall() {
    return Double.parseDouble(
        wall.locator("[data-figure=gmv_paid]:not([data-value=''])").getAttribute("data-value"));
  }

  /** Fen paid today by the raw topic, each payment once. */
  private double recount() throws Exception {
    Set<String> seen = new HashSet<>();
    double paid = 0;
    for (PaymentEvent each : Said.read(kafka.toString(), Stream.PAYMENTS, PaymentEvent.class)) {
      if (each.getStatus() == PaymentStatus.SUCCEEDED
          && each.getEventTime() >= today()
          && seen.add(each.getEventId())) {
        paid += each.getAmount();
      }
    }
    return paid;
  }

  private static long today() {
    return LocalDate.now(ZONE).atStartOfDay(ZONE).toInstant().toEpochMilli();
  }

  // ---- the shop

  private static SpecificRecord order(String id, long amount) {
    return OrderEvent.newBuilder()
        .setEventId("e-" + id)
        .setEventTime(System.currentTimeMillis())
        .setOrderId(id)
        .setType(OrderType.CREATED)
        .setUserId("u-" + id)
        .setDeviceId("d-" + id)
        .setAmount(amount)
        .build();
  }

  /** One payment so many minutes ago each, but today. */
  private List<PaymentEvent> payments(int... minutesAgo) {
    List<PaymentEvent> payments = new ArrayList<>();
    for (int ago : minutesAgo) {
      String id = "paid-" + ++paid;
      payments.add(
          PaymentEvent.newBuilder()
              .setEventId(id)
              .setEventTime(Math.max(today(), System.currentTimeMillis() - ago * MINUTE))
              .setOrderId("o-" + id)
              .setStatus(PaymentStatus.SUCCEEDED)
              .setAmount(1_000 + paid)
              .setMethod("alipay")
              .build());
    }
    return payments;
  }

  private void publish(List<? extends SpecificRecord> events) {
    try (EventPublisher shop = new EventPublisher(kafka.liveProducer())) {
      for (SpecificRecord each : events) {
        shop.publish(Stream.ofSchema(each.getSchema()).orElseThrow(), each);
      }
      shop.flush();
    }
  }

  // ---- processes

  private UpProcess start(String scenario) throws Exception {
    Path routing = folder.resolve("routing.yml");
    Files.writeString(
        routing,
        "route: { receiver: log, group_by: [alertname, rule], group_wait: 0s }\n"
            + "receivers: [ { name: log, console_configs: [ {} ] } ]\n");
    UpProcess started =
        UpProcess.start(
            folder.resolve("out-" + ++starts),
            List.of(
                "--data-dir",
                folder.resolve("data").toString(),
                "--simulate",
                scenario,
                "--rate",
                "100",
                "--users",
                "2000",
                "--routing",
                routing.toString(),
                "--kafka-port",
                String.valueOf(kafka.port()),
                "--flink-port",
                String.valueOf(LoopbackPort.free()),
                "--metrics-port",
                String.valueOf(LoopbackPort.free()),
                "--alerting-port",
                String.valueOf(LoopbackPort.free()),
                "--console-port",
                String.valueOf(consolePort),
                "--state-memory",
                "128"));
    up = started;
    started.awaitReady(PATIENCE);
    reached("READY");
    return started;
  }

  /** To the database's server, and then to all it has forked. */
  private void signal(String name) throws Exception {
    Path file = folder.resolve("data/postgres/postmaster.pid");
    long server = Long.parseLong(Files.readAllLines(file).get(0).strip());
    kill(name, List.of(server));
    kill(
        name,
        ProcessHandle.of(server).orElseThrow().descendants().map(ProcessHandle::pid).toList());
  }

  private static void kill(String signal, List<Long> pids) throws Exception {
    List<String> command = new ArrayList<>(List.of("kill", signal));
    pids.forEach(pid -> command.add(pid.toString()));
    // Those that have ended meanwhile are no fault.
    new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start().waitFor();
  }

  private void reached(String what) {
    System.out.printf(
        "ConsoleInBrowserTest: %s after %d s%n", what, (System.nanoTime() - began) / 1_000_000_000);
  }

  // ---- the browser

  /** Somebody at a machine of their own. */
  private Page visitor(int width, int height) {
    Page page =
        browser
            .newContext(
                new Browser.NewContextOptions()
                    .setBaseURL("http://" + LoopbackPort.HOST + ":" + consolePort)
                    .setViewportSize(width, height))
            .newPage();
    watch(page);
    return page;
  }

  private void watch(Page page) {
    page.setDefaultTimeout(PATIENCE.toMillis());
    page.onPageError(error -> wrong.add(page.url() + " " + error));
  }

  private static void signIn(Page page, String name, String password) {
    page.fill("#login-name", name);
    page.fill("#login-password", password);
    page.keyboard().press("Enter");
  }

  /** A one-time password opens nothing but the page where one chooses one's own. */
  private static void choose(Page page, String oneTime, String own) {
    see(page, "请先换成自己的");
    page.fill("main input[autocomplete=current-password]", oneTime);
    page.fill("main input[autocomplete=new-password]", own);
    press(page, "修改");
    see(page, "密码已修改");
  }

  /** Makes an account and returns its one-time password. */
  private static String make(Page page, String name, String... roles) {
    press(page, "新账号");
    page.fill("dialog input[autocomplete=off]", name);
    for (String role : roles) {
      page.locator("dialog label.check:has-text('" + role + "') input").check();
    }
    press(page, "保存");
    String oneTime = page.locator("dialog .secret").innerText();
    page.keyboard().press("Escape");
    return oneTime;
  }

  private static void press(Page page, String button) {
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(button).setExact(true))
        .locator("visible=true")
        .first()
        .click();
  }

  private static void see(Page page, String text) {
    page.getByText(text).locator("visible=true").first().waitFor();
  }

  /** The case in front, once it is another than before and can be read. */
  private static String caseAfter(Page page, String before) {
    until(() -> path(page).startsWith("/review/") && !path(page).equals("/review/" + before));
    see(page, "命中的规则");
    return path(page).substring("/review/".length());
  }

  /** Asked of the page: Playwright learns of a new address only while it talks to the browser. */
  private static String path(Page page) {
    return (String) page.evaluate("() => location.pathname");
  }

  private static void until(Callable<Boolean> condition) {
    Awaitility.await().atMost(PATIENCE).pollInSameThread().until(condition);
  }

  private void takePictures() {
    for (Page each : new Page[] {wall, li, wang}) {
      if (each != null && !each.isClosed()) {
        each.screenshot(
            new Page.ScreenshotOptions()
                .setPath(
                    Path.of(
                        "target",
                        "browser-"
                            + (each == wall ? "wall" : each == li ? "li" : "wang")
                            + ".png")));
      }
    }
  }
}
