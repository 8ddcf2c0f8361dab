package io.fenghuo.alerting.channel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.auto.service.AutoService;
import io.fenghuo.alerting.Json;
import io.fenghuo.alerting.Secret;
import io.fenghuo.alerting.config.Section;
import io.fenghuo.alerting.escalate.Roster;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * SMS by Aliyun: a template that was approved, filled with a short text. One notification for each
 * number, since the provider counts by number: 50 in 24 hours. Sending twice is two messages, so
 * when an answer was lost the provider is asked before it is sent again.
 *
 * @see <a
 *     href="https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature">
 *     Aliyun: signature, version 3</a>
 */
public record SmsChannel(
    Wire wire,
    Wording wording,
    Language language,
    Roster roster,
    URI endpoint,
    String accessKeyId,
    Secret accessKeySecret,
    String signName,
    String templateCode,
    String variable,
    List<String> to,
    int perDay,
    boolean sendsResolved,
    boolean testable)
    implements Channel {

  /** Characters of a template's variable. */
  private static final int MAX_TEXT = 35;

  private static final String VERSION = "2017-05-25";
  private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyyyMMdd");
  private static final ZoneId PROVIDERS_ZONE = ZoneId.of("Asia/Shanghai");

  /** The next attempt follows within minutes. */
  private static final Duration EARLIER = Duration.ofHours(1);

  /** That one may be sent again. */
  private static final int FAILED_BY_CARRIER = 2;

  private static final Answer NONE = new Answer.Never(Reason.OTHER, "the provider knows of none");
  private static final Set<String> LIMITS =
      Set.of("isv.BUSINESS_LIMIT_CONTROL", "isv.DAY_LIMIT_CONTROL", "isv.MONTH_LIMIT_CONTROL");

  /** {@code sms_configs}. */
  @AutoService(ChannelKind.class)
  public static final class Kind implements ChannelKind {
    @Override
    public String key() {
      return "sms";
    }

    @Override
    public Channel read(Section section, Surroundings around) {
      URI usual = URI.create("https://dysmsapi.aliyuncs.com/");
      return new SmsChannel(
          around.wire(),
          around.wording(),
          around.language(section),
          around.roster(),
          section.parsed("endpoint", usual, around.wire()::endpoint),
          section.required("access_key_id"),
          section.requiredSecret("access_key_secret"),
          section.required("sign_name"),
          section.required("template_code"),
          section.text("variable", "content"),
          around.requiredAddresses(section, "to"),
          section.number("per_day", 45, 1, 50),
          section.truth("send_resolved", false),
          section.truth("testable", false));
    }
  }

  @Override
  public List<String> addresses(Instant now) {
    return roster.mobiles(to, now);
  }

  @Override
  public List<Outlet> outlets(String address) {
    return List.of(
        new Outlet(
            "sms:" + templateCode + ":" + address,
            perDay,
            Duration.ofHours(24),
            Math.min(20, perDay / 2),
            Duration.ofHours(1)));
  }

  @Override
  public Answer send(Delivery delivery) {
    ObjectNode parameters = Json.MAPPER.createObjectNode();
    parameters.put(variable, wording.sms(delivery.notice(), language, MAX_TEXT));
    TreeMap<String, String> query = new TreeMap<>();
    query.put("PhoneNumbers", delivery.address());
    query.put("SignName", signName);
    query.put("TemplateCode", templateCode);
    query.put("TemplateParam", Json.write(parameters));
    query.put("OutId", delivery.id());
    return call(
        "SendSms",
        query,
        delivery,
        reply -> Wire.judged(reply, delivery.now(), SmsChannel::byCode));
  }

  /** Whether the number was sent this notification; empty when the provider knows of none. */
  @Override
  public Optional<Answer> receipt(Delivery delivery) {
    // The provider keeps days apart, and the attempt may have been before midnight.
    return Stream.of(delivery.now(), delivery.now().minus(EARLIER))
        .map(at -> DAY.format(at.atZone(PROVIDERS_ZONE)))
        .distinct()
        .map(day -> receipt(delivery, day))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private Optional<Answer> receipt(Delivery delivery, String day) {
    TreeMap<String, String> query = new TreeMap<>();
    query.put("PhoneNumber", delivery.address());
    query.put("SendDate", day);
    query.put("PageSize", "50");
    query.put("CurrentPage", "1");
    Answer answer =
        call("QuerySendDetails", query, delivery, reply -> arrived(reply, delivery.id()));
    return answer.equals(NONE) ? Optional.empty() : Optional.of(answer);
  }

  private static Answer arrived(Wire.Reply reply, String id) {
    JsonNode said = reply.json();
    if (reply.status() != 200 || !said.path("Code").asText().equals("OK")) {
      // Whoever does not know must ask again, and not send again.
      return new Answer.Later(
          Reason.OTHER, Duration.ZERO, true, "the receipt is not told: " + reply.brief());
    }
    for (JsonNode each : said.path("SmsSendDetailDTOs").path("SmsSendDetailDTO")) {
      int status = each.path("SendStatus").asInt();
      if (each.path("OutId").asText().equals(id) && status != FAILED_BY_CARRIER) {
        return new Answer.Sent("", "found by its receipt, status " + status);
      }
    }
    return NONE;
  }

  private Answer call(
      String action,
      TreeMap<String, String> query,
      Delivery delivery,
      Function<Wire.Reply, Answer> judge) {
    String canonicalQuery =
        query.entrySet().stream()
            .map(each -> encode(each.getKey()) + "=" + encode(each.getValue()))
            .collect(Collectors.joining("&"));
    String bodyHash = sha256("");
    TreeMap<String, String> headers = new TreeMap<>();
    headers.put("host", endpoint.getAuthority());
    headers.put("x-acs-action", action);
    headers.put("x-acs-content-sha256", bodyHash);
    headers.put(
        "x-acs-date",
        DateTimeFormatter.ISO_INSTANT.format(
            delivery.now().truncatedTo(ChronoUnit.SECONDS).atOffset(ZoneOffset.UTC)));
    headers.put(
        "x-acs-signature-nonce",
        sha256(delivery.id() + action + delivery.now().toEpochMilli()).substring(0, 32));
    headers.put("x-acs-version", VERSION);
    String authorization = authorization(canonicalQuery, headers, bodyHash);
    // The client names the host itself.
    headers.remove("host");
    headers.put("Authorization", authorization);
    return wire.post(URI.create(root() + "?" + canonicalQuery), headers, new byte[0], judge)
        .hiding(List.of(accessKeySecret));
  }

  private String root() {
    String text = endpoint.toString();
    return text.endsWith("/") ? text : text + "/";
  }

  private String authorization(String query, TreeMap<String, String> headers, String bodyHash) {
    String names = String.join(";", headers.keySet());
    String canonical =
        "POST\n/\n"
            + query
            + "\n"
            + headers.entrySet().stream()
                .map(each -> each.getKey() + ":" + each.getValue() + "\n")
                .collect(Collectors.joining())
            + "\n"
            + names
            + "\n"
            + bodyHash;
    String signature = Signature.hex(accessKeySecret, "ACS3-HMAC-SHA256\n" + sha256(canonical));
    return "ACS3-HMAC-SHA256 Credential="
        + accessKeyId
        + ",SignedHeaders="
        + names
        + ",Signature="
        + signature;
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static Optional<Answer> byCode(JsonNode said) {
    String code = said.path("Code").asText("");
    String text = code + ": " + said.path("Message").asText("");
    if (code.isEmpty()) {
      return Optional.empty();
    }
    if (code.equals("OK")) {
      return Optional.of(new Answer.Sent(said.path("BizId").asText(""), "OK"));
    }
    if (code.equals("isp.SYSTEM_ERROR")) {
      return Optional.of(new Answer.Later(Reason.SERVER_ERROR, Duration.ZERO, false, text));
    }
    if (code.startsWith("Throttling") || LIMITS.contains(code)) {
      return Optional.of(new Answer.Later(Reason.RATE_LIMITED, limited(text), false, text));
    }
    boolean ofAuthority =
        code.contains("PERMISSION_DENY")
            || code.startsWith("Invalid")
            || code.startsWith("Signature")
            || code.equals("isv.DENY_IP_RANGE");
    return Optional.of(
        new Answer.Never(ofAuthority ? Reason.AUTH_ERROR : Reason.CLIENT_ERROR, text));
  }

  /** The message says which limit was hit: a minute's, an hour's or a day's. */
  private static Duration limited(String text) {
    if (text.contains("分钟级") || text.contains("Throttling")) {
      return Duration.ofMinutes(1);
    }
    return text.contains("天级") || text.contains("DAY") || text.contains("MONTH")
        ? Duration.ofHours(24)
        : Duration.ofHours(1);
  }
}
