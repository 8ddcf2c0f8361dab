package io.fenghuo.alerting.channel;

import io.fenghuo.alerting.channel.Notice.Item;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Says a notice in a few lines that fit a phone: what, where, since when, how bad, what it costs,
 * what to do, who is on it. Labels and annotations are text in every form: markup in them is shown,
 * not obeyed.
 *
 * @param language unless a channel says otherwise
 * @param zone for times
 * @param templates more lines by name, as {@code line: "..."}; see {@link Template}
 */
public record Wording(Language language, ZoneId zone, List<Template> templates) {

  /** Alerts that are listed one by one; the others are counted. */
  private static final int LISTED = 5;

  private static final int MAX_VALUE = 200;
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("MM-dd HH:mm:ss");

  /** A line of a message. */
  private record Line(String name, String text, String link) {}

  /** One line, as it lies on the locked screen of a phone. */
  public String title(Notice notice, Language in) {
    if (notice.kind().equals("digest")) {
      return in.of("【汇总】", "[Digest] ") + notice.reason();
    }
    if (notice.kind().equals("heartbeat")) {
      return in.of("【心跳】告警通道正常", "[Heartbeat] This alert channel works");
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
          ? in.of("【不再跟踪】", "[No longer followed] ")
          : in.of("【恢复】", "[Resolved] ");
    }
    if (notice.count("firing") == 0 && notice.count("stale") > 0) {
      return in.of("【失联】", "[No news] ");
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
    return in.of("【" + word + "】", "[" + word + "] ");
  }

  private static String what(Notice notice, Language in) {
    Item first = notice.alerts().isEmpty() ? null : notice.alerts().get(0);
    if (first == null) {
      return notice.groupKey();
    }
    return short_(summary(first, in));
  }

  private static String summary(Item item, Language in) {
    for (String name :
        List.of(in.of("summary_zh", "summary_en"), "summary", "description", "message")) {
      String text = item.annotations().getOrDefault(name, "");
      if (!text.isBlank()) {
        return text;
      }
    }
    return item.labels().getOrDefault("alertname", "alert");
  }

  private static String short_(String text) {
    String line = text.replaceAll("\\s+", " ").strip();
    if (line.length() <= MAX_VALUE) {
      return line;
    }
    int end = line.offsetByCodePoints(0, line.codePointCount(0, MAX_VALUE) - 1);
    return line.substring(0, end) + "…";
  }

  private List<Line> lines(Notice notice, Language in, Instant now) {
    List<Line> lines = new ArrayList<>();
    if (!notice.lines().isEmpty()) {
      notice.lines().forEach(line -> lines.add(new Line("", short_(line), "")));
    }
    if (notice.alerts().isEmpty()) {
      return lines;
    }
    Item first = notice.alerts().get(0);
    add(lines, in.of("位置", "Where"), where(notice));
    add(lines, in.of("开始", "Since"), since(notice, in, now));
    add(lines, in.of("数值", "Value"), howBad(first, in));
    add(
        lines,
        in.of("影响", "Costs"),
        annotation(notice, first, in.of("cost_zh", "cost_en"), "cost"));
    add(
        lines,
        in.of("处理", "Do"),
        annotation(notice, first, in.of("action_zh", "action_en"), "action"));
    String runbook = annotation(notice, first, "runbook_url", "runbook");
    if (runbook.startsWith("https://") || runbook.startsWith("http://")) {
      lines.add(new Line(in.of("手册", "Runbook"), runbook, runbook));
    }
    for (Template template : templates) {
      add(lines, template.name(), template.apply(notice, first, in));
    }
    if (!notice.answeredBy().isEmpty()) {
      add(lines, in.of("负责", "On it"), notice.answeredBy());
    }
    if (notice.alerts().size() > 1) {
      for (Item item : notice.alerts().subList(0, Math.min(LISTED, notice.alerts().size()))) {
        lines.add(
            new Line(
                "", "• " + status(item, in) + short_(summary(item, in)) + own(notice, item), ""));
      }
      long more = notice.alerts().size() + notice.truncated() - (long) LISTED;
      if (more > 0) {
        lines.add(new Line("", in.of("…另有 " + more + " 条", "… and " + more + " more"), ""));
      }
    }
    return lines;
  }

  private static void add(List<Line> lines, String name, String text) {
    if (!text.isBlank()) {
      lines.add(new Line(name, short_(text), ""));
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
    String own =
        item.labels().entrySet().stream()
            .filter(label -> !notice.commonLabels().containsKey(label.getKey()))
            .map(label -> label.getKey() + "=" + label.getValue())
            .limit(4)
            .collect(Collectors.joining(" "));
    return own.isEmpty() ? "" : " (" + short_(own) + ")";
  }

  private static String where(Notice notice) {
    Map<String, String> labels = new LinkedHashMap<>(notice.commonLabels());
    labels.keySet().removeAll(List.of("alertname", "severity", "mode"));
    return labels.entrySet().stream()
        .map(label -> label.getKey() + "=" + label.getValue())
        .limit(6)
        .collect(Collectors.joining(" "));
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

  private static String repeats(boolean mayRepeat, Language in) {
    return mayRepeat
        ? in.of("（可能重复：上次发送未得到答复）", "(May repeat: the answer to an earlier attempt was lost.)")
        : "";
  }

  /** Markdown as DingTalk, WeCom and Feishu read it; each line its own paragraph. */
  public String markdown(Notice notice, Language in, Instant now, boolean mayRepeat) {
    List<String> parts = new ArrayList<>();
    parts.add("### " + escape(title(notice, in)));
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
      parts.add(repeats(true, in));
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
      parts.add(in.of("我来处理：", "Answer: ") + notice.incidentUrl());
    }
    if (mayRepeat) {
      parts.add(repeats(true, in));
    }
    return String.join("\n", parts);
  }

  /** At most so many characters, as a template's variable of an SMS allows. */
  public String sms(Notice notice, Language in, int limit) {
    String text = title(notice, in).replaceAll("[【】\\[\\]]", " ").replaceAll("\\s+", " ").strip();
    if (text.codePointCount(0, text.length()) <= limit) {
      return text;
    }
    return text.substring(0, text.offsetByCodePoints(0, limit - 1)) + "…";
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
