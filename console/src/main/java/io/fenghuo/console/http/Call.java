package io.fenghuo.console.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.fenghuo.alerting.Json;
import io.fenghuo.console.Characters;
import io.fenghuo.schemas.NotJson;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/** One request: who calls, what they ask, and the answer. */
public final class Call {

  /** Nobody types more than this; orders and list entries are a few kilobytes. */
  static final int MAX_BODY = 1 << 20;

  private static final int STANDARD_LIMIT = 50;
  private static final int MAX_LIMIT = 500;

  private final Context context;
  private final User user;

  Call(Context context, User user) {
    this.context = context;
    this.user = user;
  }

  public Context context() {
    return context;
  }

  /** Null only where {@link Need#ANYBODY} may call. */
  public User user() {
    return user;
  }

  public String who() {
    return user == null ? "" : user.name();
  }

  public String path(String name) {
    return Characters.storable(context.pathParam(name));
  }

  /** A parameter of the query, or empty when it is absent or blank. */
  public Optional<String> query(String name) {
    String value = context.queryParam(name);
    return value == null || value.isBlank()
        ? Optional.empty()
        : Optional.of(Characters.storable(value));
  }

  public Optional<Instant> time(String name) {
    return query(name).map(text -> instant(name, text));
  }

  private static Instant instant(String field, String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw Problem.field(field, "expected a time, as 2026-11-11T12:00:00Z");
    }
  }

  /**
   * How many the caller wants, {@value #STANDARD_LIMIT} unless said, at most {@value #MAX_LIMIT}.
   */
  public int limit() {
    return whole("limit", STANDARD_LIMIT, 1, MAX_LIMIT);
  }

  public int whole(String name, int otherwise, int least, int most) {
    Optional<String> text = query(name);
    if (text.isEmpty()) {
      return otherwise;
    }
    try {
      int value = Integer.parseInt(text.get());
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // falls through to the one message for all that can be wrong
    }
    throw Problem.field(name, "expected a whole number from " + least + " to " + most);
  }

  /** Where the last page ended: the parts {@link #cursor(String...)} was made of. */
  public Optional<String[]> cursor(int parts) {
    Optional<String> text = query("cursor");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      String plain = new String(Base64.getUrlDecoder().decode(text.get()), StandardCharsets.UTF_8);
      String[] found = plain.split("\n", -1);
      if (found.length == parts) {
        return Optional.of(found);
      }
    } catch (IllegalArgumentException e) {
      // falls through to the one message for all that can be wrong
    }
    throw Problem.field("cursor", "expected the value of \"next\" of the page before");
  }

  public static String cursor(String... parts) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(String.join("\n", parts).getBytes(StandardCharsets.UTF_8));
  }

  /** The body, which must be a JSON object. */
  public JsonNode body() {
    JsonNode node;
    try {
      byte[] bytes = bytes();
      node = Json.MAPPER.readTree(bytes);
    } catch (JsonProcessingException e) {
      throw new Problem(400, "not_json", "请求体不是 JSON", "The body is " + NotJson.said(e));
    } catch (IOException e) {
      throw new Problem(400, "not_json", "请求体无法读取", "The body cannot be read");
    }
    if (node == null || !node.isObject()) {
      throw new Problem(400, "not_json", "请求体应为 JSON 对象", "The body must be a JSON object");
    }
    return node;
  }

  /** Read only as far as a body may be long, whatever its header says. */
  private byte[] bytes() throws IOException {
    try (InputStream in = context.req().getInputStream()) {
      byte[] bytes = in.readNBytes(MAX_BODY + 1);
      if (bytes.length > MAX_BODY) {
        // What follows is not read: the connection is of no use any more.
        context.header("Connection", "close");
        throw new Problem(
            413, "too_large", "请求体超过 1 MiB", "The body is longer than " + MAX_BODY + " bytes");
      }
      return bytes;
    }
  }

  /** A text of the body, stripped; missing counts as "". */
  public static String text(JsonNode body, String field, int least, int most) {
    JsonNode node = body.path(field);
    if (!node.isMissingNode() && !node.isNull() && !node.isTextual()) {
      throw Problem.field(field, "expected a text");
    }
    String text = Characters.storable(node.asText("").strip());
    if (text.length() < least || text.length() > most) {
      throw Problem.field(
          field, text.length() + " characters (expected: " + least + " to " + most + ")");
    }
    return text;
  }

  public static Instant time(JsonNode body, String field) {
    return instant(field, text(body, field, 1, 64));
  }

  /** One of an enum's names. */
  public static <E extends Enum<E>> E choice(Class<E> type, String field, String text) {
    for (E each : type.getEnumConstants()) {
      if (each.name().equals(text)) {
        return each;
      }
    }
    throw Problem.field(
        field,
        "'"
            + Characters.cut(text, 40)
            + "' (expected one of "
            + Arrays.toString(type.getEnumConstants())
            + ")");
  }

  /** The version the caller has in mind of something two people can edit. */
  public long ifMatch() {
    String header = context.header("If-Match");
    if (header == null) {
      throw new Problem(
          428,
          "if_match_missing",
          "缺少 If-Match，请先读取最新版本",
          "The header If-Match is missing: read the present version first");
    }
    try {
      return Long.parseLong(header.replace("W/", "").replace("\"", "").strip());
    } catch (NumberFormatException e) {
      throw changed();
    }
  }

  public static Problem changed() {
    return new Problem(
        412, "changed", "其他人已修改，请刷新后重试", "Somebody changed it meanwhile: read it again");
  }

  public void etag(long version) {
    context.header("ETag", "\"" + version + "\"");
  }

  public void answer(Object body) {
    answer(200, body);
  }

  public void answer(int status, Object body) {
    context.status(status);
    answerWritten(Json.write(body));
  }

  /** Answers with what is JSON already. */
  public void answerWritten(String json) {
    context.contentType("application/json; charset=utf-8").result(json);
  }

  public void nothing() {
    context.status(204);
  }
}
