package io.fenghuo.console.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fenghuo.alerting.Json;
import java.util.List;

/**
 * A request that is not done, and why, in both languages.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457: Problem Details for HTTP APIs</a>
 */
public final class Problem extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** One field of the request that is wrong: what was found and what was expected. */
  public record FieldError(String field, String message) {}

  private final int status;
  private final String code;
  private final String zh;
  private final String en;
  private final transient List<FieldError> errors;
  private long retryAfterSeconds;

  public Problem(int status, String code, String zh, String en, List<FieldError> errors) {
    super(code + ": " + en, null, false, false);
    this.status = status;
    this.code = code;
    this.zh = zh;
    this.en = en;
    this.errors = List.copyOf(errors);
  }

  public Problem(int status, String code, String zh, String en) {
    this(status, code, zh, en, List.of());
  }

  /** A field of the body or a parameter is wrong. */
  public static Problem field(String name, String message) {
    return new Problem(
        400,
        "bad_request",
        "请求有误：" + name,
        "The request is wrong: " + name + ": " + message,
        List.of(new FieldError(name, message)));
  }

  public static Problem notFound(String what) {
    return new Problem(404, "not_found", "没有找到：" + what, "Not found: " + what);
  }

  public static Problem conflict(String code, String zh, String en) {
    return new Problem(409, code, zh, en);
  }

  public static Problem databaseAway() {
    return new Problem(
        503,
        "database_away",
        "数据库暂时不可用。没有丢失任何数据，请稍后重试。",
        "The database is away. Nothing is lost; this was not done, please try again.");
  }

  public Problem retryAfter(long seconds) {
    retryAfterSeconds = seconds;
    return this;
  }

  public int status() {
    return status;
  }

  public String code() {
    return code;
  }

  /** Seconds, or 0 when it is of no use to try again. */
  long retryAfterSeconds() {
    return retryAfterSeconds;
  }

  ObjectNode json() {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("type", "about:blank");
    node.put("title", title());
    node.put("status", status);
    node.putObject("detail").put("zh", zh).put("en", en);
    node.put("code", code);
    node.set("errors", Json.MAPPER.valueToTree(errors));
    return node;
  }

  private String title() {
    return switch (status) {
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 409 -> "Conflict";
      case 412 -> "Precondition Failed";
      case 413 -> "Content Too Large";
      case 428 -> "Precondition Required";
      case 429 -> "Too Many Requests";
      case 503 -> "Service Unavailable";
      default -> "Internal Server Error";
    };
  }
}
