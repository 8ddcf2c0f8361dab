package io.fenghuo.alerting.channel;

import io.fenghuo.alerting.alert.Labels;
import io.fenghuo.alerting.channel.Notice.Item;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Says a notice in a few lines that fit a phone: what, where, since when, how bad, what it costs,
 * what to do, who is on it, and last what its sender says in full. Labels and annotations are text
 * in every form: markup in them is shown, not obeyed.
 *
 * @param language unless a channel says otherwise
 * @param zone for times
 * @param templates more lines by name, as {@code line: "..."}; see {@link Template}
 * @param runbook the address of what to do, for alerts that bring none
 */
public record Wording(
    Language language, ZoneId zone, List<Template> templates, Optional<Template> runbook) {

  /** Alerts that are listed one by one; the others are counted. */
  private static final int LISTED = 5;

  private static final int MAX_VALUE = 200;
  private static final int MAX_DETAILS = 400;
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("MM-dd HH:mm:ss");

  /** A line of a message. */
  private record Line(String name, String text, String link) {}

  /** One line, as it lies on the locked screen of a phone. */
  public String title(Notice notice, Language in) {
    if (notice.kind().equals("digest")) {
      return in.of("【汇总】", "Digest: ") + notice.reason();
    }
    if (notice.kind().equals("heartbeat")) {
      return in.of("【心跳】告警通道正常", "Heartbeat: this alert channel works");
    }
    StringBuilder title = new StringBuilder(mark(notice, in)).append(what(notice, in));
    long others = notice.alerts().size() + notice.truncated() - 1L;
    if (others > 0) {
      title.append(" ×").append(others + 1);
    }
    return title.toString();
  }

  private static String mark(Notice notice, Language in) {
    if (notice.isResolved()) {
      return notice.count("forgotten") > 0
          ? in.of("【不再跟踪】", "No longer followed: ")
          : in.of("【恢复】", "Resolved: ");
    }
    if (notice.count("firing") == 0 && notice.count("stale") > 0) {
      return in.of("【失联】", "No news: ");
    }
    String word =
        in.of(
            notice.howBad().chinese(),
            notice.howBad().label().substring(0, 1).toUpperCase(Locale.ROOT)
                + notice.howBad().label().substring(1));
    if (notice.kind().equals("escalation")) {
      word += in.of("·升级", ", escalated");
    } else if (notice.reason().equals("repeat")) {
      word += in.of("·仍未恢复", ", still");
    }
    return in.of("【" + word + "】", word + ": ");
  }

  private static String what(Notice notice, Language in) {
    return notice.alerts().isEmpty()
        ? notice.groupKey()
        : shortened(said(notice.alerts().get(0), in).get(0), MAX_VALUE);
  }

  /** What has happened, on one line. */
  public String headline(Labels labels, Map<String, String> annotations) {
    return shortened(said(labels.values(), annotations, language).get(0), MAX_VALUE);
  }

  private static List<String> said(Item item, Language in) {
    return said(item.labels(), item.annotations(), in);
  }

  /** What its sender says has happened, the shortest first; at least its name. */
  private static List<String> said(
      Map<String, String> labels, Map<String, String> annotations, Language in) {
    for (List<String> names :
        List.of(
            List.of(
                in.of("title_zh", "title_en"),
                in.of("summary_zh", "summary_en"),
                "summary",
                "description",
                "message"),
            // Better in the other language than not at all.
            List.of("title_en", "title_zh", "summary_en", "summary_zh"))) {
      List<String> said =
          names.stream()
              .map(name -> annotations.getOrDefault(name, ""))
              .filter(text -> !text.isBlank())
              .distinct()
              .toList();
      if (!said.isEmpty()) {
        return said;
      }
    }
    return List.of(labels.getOrDefault("alertname", "alert"));
  }

  /** The second thing that is said, without what the first has said already. */
  private static String details(Item item, Language in) {
    List<String> said = said(item, in);
    if (said.size() < 2) {
      return "";
    }
    String details = said.get(1);
    return details.startsWith(said.get(0))
        ? details.substring(said.get(0).length()).replaceFirst("^[：:，,\\s]+", "")
        : details;
  }

  private static String shortened(String text, int most) {
    String line = text.replaceAll("\\s+", " ").strip();
    if (line.codePointCount(0, line.length()) <= most) {
      return line;
    }
    return line.substring(0, line.offsetByCodePoints(0, most - 1)) + "…";
  }

  private List<Line> lines(Notice notice, Language in, Instant now) {
    List<Line> lines = new ArrayList<>();
    notice.lines().forEach(line -> lines.add(new Line("", shortened(line, MAX_VALUE), "")));
    if (notice.alerts().isEmpty()) {
      return lines;
    }
    Item first = notice.alerts().get(0);
    add(lines, in.of("位置", "Where"), where(notice.commonLabels()));
    add(lines, in.of("开始", "Since"), since(notice, in, now));
    if (!notice.isResolved()) {
      addWhatToDo(lines, notice, first, in);
    }
    add(lines, in.of("负责", "On it"), onIt(notice, in));
    String details = shortened(details(first, in), MAX_DETAILS);
    if (!details.isEmpty()) {
      lines.add(new Line("", details, ""));
    }
    if (notice.alerts().size() > 1) {
      for (Item item : notice.alerts().subList(0, Math.min(LISTED, notice.alerts().size()))) {
        String what = shortened(said(item, in).get(0), MAX_VALUE);
        lines.add(new Line("", "• " + status(item, in) + what + own(notice, item), ""));
      }
      long more = notice.alerts().size() + notice.truncated() - (long) LISTED;
      if (more > 0) {
        lines.add(new Line("", in.of("…另有 " + more + " 条", "… and " + more + " more"), ""));
      }
    }
    return lines;
  }

  /** How bad it is, what it costs, why and what helps: what nobody needs once it is over. */
  private void addWhatToDo(List<Line> lines, Notice notice, Item first, Language in) {
    add(lines, in.of("数值", "Value"), howBad(first, in));
    add(lines, in.of("影响", "Costs"), cost(notice, first, in));
    add(lines, in.of("失败码", "Failure code"), known(notice, first, "failure_code"));
    add(lines, in.of("处理", "Do"), action(notice, first, in));
    String runbook = annotation(notice, first, "runbook_url", "runbook");
    if (runbook.isEmpty()) {
      runbook = this.runbook.map(template -> template.apply(notice, first, in)).orElse("");
    }
    if (runbook.startsWith("https://") || runbook.startsWith("http://")) {
      lines.add(new Line(in.of("手册", "Runbook"), runbook, runbook));
    }
    for (Template template : templates) {
      add(lines, template.name(), template.apply(notice, first, in));
    }
  }

  private static void add(List<Line> lines, String name, String text) {
    if (!text.isBlank()) {
      lines.add(new Line(name, shortened(text, MAX_VALUE), ""));
    }
  }

  private static String status(Item item, Language in) {
    return switch (item.status()) {
      case "resolved" -> in.of("已恢复 ", "resolved: ");
      case "stale" -> in.of("失联 ", "no news: ");
      case "forgotten" -> in.of("不再跟踪 ", "no longer followed: ");
      default -> "";
    };
  }

  private static String own(Notice notice, Item item) {
    Map<String, String> own = new TreeMap<>(item.labels());
    own.keySet().removeAll(notice.commonLabels().keySet());
    String where = where(own);
    return where.isEmpty() ? "" : " (" + shortened(where, MAX_VALUE) + ")";
  }

  /** Labels as far as they tell people where to look. */
  private static String where(Map<String, String> labels) {
    Map<String, String> left = new TreeMap<>(labels);
    String name = left.getOrDefault("alertname", "");
    left.keySet().removeAll(List.of("alertname", "severity", "mode", "owner"));
    left.remove("rule", name);
    String entity = left.remove("entity");
    String key = left.remove("key");
    List<String> parts = new ArrayList<>();
    left.forEach((label, value) -> parts.add(label + "=" + value));
    // A watch's key only repeats its other labels.
    if (key != null && !key.equals(String.join(",", parts))) {
      parts.add(0, key);
    }
    if (entity != null) {
      parts.add(0, entity);
    }
    return parts.stream().limit(6).collect(Collectors.joining(" "));
  }

  private static String onIt(Notice notice, Language in) {
    if (!notice.answeredBy().isEmpty() || notice.isResolved() || notice.incidentId().isEmpty()) {
      return notice.answeredBy();
    }
    String owner = notice.commonLabels().getOrDefault("owner", "");
    return owner.isEmpty()
        ? in.of("尚无人响应", "nobody yet")
        : in.of("尚无人响应（归属 " + owner + "）", "nobody yet (owner: " + owner + ")");
  }

  private String since(Notice notice, Language in, Instant now) {
    Instant since = notice.since();
    if (notice.isResolved()) {
      long ended = notice.alerts().stream().mapToLong(Item::endsAt).max().orElse(0);
      Instant end = Instant.ofEpochMilli(ended);
      return time(since) + in.of("，持续 ", ", lasted ") + spell(Duration.between(since, end), in);
    }
    return time(since) + in.of("，已 ", ", for ") + spell(Duration.between(since, now), in);
  }

  private String time(Instant instant) {
    return TIME.format(instant.atZone(zone));
  }

  private static String spell(Duration duration, Language in) {
    long minutes = Math.max(0, duration.toMinutes());
    if (minutes < 1) {
      return Math.max(0, duration.toSeconds()) + in.of(" 秒", " s");
    }
    if (minutes < 120) {
      return minutes + in.of(" 分钟", " min");
    }
    return minutes / 60 + in.of(" 小时 ", " h ") + minutes % 60 + in.of(" 分钟", " min");
  }

  private static String howBad(Item item, Language in) {
    String value = item.annotations().getOrDefault("value", "");
    String threshold = item.annotations().getOrDefault("threshold", "");
    if (value.isBlank()) {
      return "";
    }
    return threshold.isBlank()
        ? value
        : value + in.of("（阈值 " + threshold + "）", " (limit " + threshold + ")");
  }

  private static String cost(Notice notice, Item first, Language in) {
    String said = annotation(notice, first, in.of("cost_zh", "cost_en"), "cost");
    String perMinute = annotation(notice, first, "money_per_minute");
    if (!said.isEmpty() || !perMinute.matches("[1-9]\\d{0,14}")) {
      return said;
    }
    String yuan = String.format(Locale.ROOT, "%,d", Long.parseLong(perMinute));
    return in.of("每分钟约 ¥" + yuan, "about ¥" + yuan + " a minute");
  }

  private static String action(Notice notice, Item first, Language in) {
    String said = annotation(notice, first, in.of("action_zh", "action_en"), "action");
    String fallback = known(notice, first, "fallback");
    if (!said.isEmpty() || fallback.isEmpty()) {
      return said;
    }
    return in.of("建议改用 " + fallback, "use " + fallback + " instead");
  }

  /** An annotation of a watch, which says {@code -} for what it does not know. */
  private static String known(Notice notice, Item first, String name) {
    String value = annotation(notice, first, name);
    return value.equals("-") ? "" : value;
  }

  private static String annotation(Notice notice, Item first, String... names) {
    for (String name : names) {
      String common = notice.commonAnnotations().getOrDefault(name, "");
      String text = common.isBlank() ? first.annotations().getOrDefault(name, "") : common;
      if (!text.isBlank()) {
        return text;
      }
    }
    return "";
  }

  private static String repeats(Language in) {
    return in.of("（可能重复：上次发送未得到答复）", "(May repeat: the answer to an earlier attempt was lost.)");
  }

  /** What the button says. */
  static String answer(Language in) {
    return in.of("我来处理", "I am on it");
  }

  /** Markdown as DingTalk, WeCom and Feishu read it; each line its own paragraph. */
  public String markdown(Notice notice, Language in, Instant now, boolean mayRepeat) {
    String body = markdownBody(notice, in, now, mayRepeat);
    return "### " + escape(title(notice, in)) + (body.isEmpty() ? "" : "\n\n" + body);
  }

  /** The same without the headline. */
  String markdownBody(Notice notice, Language in, Instant now, boolean mayRepeat) {
    List<String> parts = new ArrayList<>();
    for (Line line : lines(notice, in, now)) {
      String text =
          line.link().isEmpty()
              ? escape(line.text())
              : "[" + escape(line.name()) + "](" + link(line.link()) + ")";
      parts.add(
          line.name().isEmpty() || !line.link().isEmpty()
              ? text
              : "**" + line.name() + "** " + text);
    }
    if (mayRepeat) {
      parts.add(repeats(in));
    }
    return String.join("\n\n", parts);
  }

  /** Plain lines, for the console and mail. */
  public String plain(Notice notice, Language in, Instant now, boolean mayRepeat) {
    List<String> parts = new ArrayList<>();
    parts.add(title(notice, in));
    for (Line line : lines(notice, in, now)) {
      parts.add(line.name().isEmpty() ? line.text() : line.name() + in.of("：", ": ") + line.text());
    }
    if (!notice.incidentUrl().isEmpty() && !notice.isResolved()) {
      parts.add(answer(in) + in.of("：", ": ") + notice.incidentUrl());
    }
    if (mayRepeat) {
      parts.add(repeats(in));
    }
    return String.join("\n", parts);
  }

  /** At most so many characters, as a template's variable of an SMS allows. */
  public String sms(Notice notice, Language in, int limit) {
    String title = title(notice, in).replaceAll("[【】\\[\\]]", " ");
    String value =
        notice.alerts().isEmpty() || notice.isResolved()
            ? ""
            : notice.alerts().get(0).annotations().getOrDefault("value", "");
    String both = shortened(title + " " + value, Integer.MAX_VALUE);
    return both.codePointCount(0, both.length()) <= limit ? both : shortened(title, limit);
  }

  /** Text that means itself in Markdown. */
  public static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '\\', '*', '[', ']', '`', '~', '#', '|', '!' -> escaped.append('\\').append(c);
        case '_' -> escaped.append(insideWord(text, i) ? "_" : "\\_");
        case '@' -> escaped.append("@\u200b"); // nobody is called by a label
        default -> escaped.append(c);
      }
    }
    return escaped.toString();
  }

  private static boolean insideWord(String text, int at) {
    return at > 0
        && at + 1 < text.length()
        && Character.isLetterOrDigit(text.charAt(at - 1))
        && Character.isLetterOrDigit(text.charAt(at + 1));
  }

  private static String link(String url) {
    return url.replace("(", "%28").replace(")", "%29").replace(" ", "%20").replace("<", "%3C");
  }
}
