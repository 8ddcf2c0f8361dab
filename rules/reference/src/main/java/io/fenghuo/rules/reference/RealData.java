package io.fenghuo.rules.reference;

import io.fenghuo.schemas.LoginEvent;
import io.fenghuo.schemas.LoginKind;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.OrderItem;
import io.fenghuo.schemas.OrderType;
import io.fenghuo.schemas.PaymentEvent;
import io.fenghuo.schemas.PaymentStatus;
import io.fenghuo.schemas.TrafficEvent;
import io.fenghuo.schemas.TrafficKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.apache.avro.specific.SpecificRecord;

/** The public records under {@code shared/data}, as events whose ids sort in file order. */
public final class RealData {

  /**
   * First purchases. The order id of row n is {@code order-n} with 6 digits.
   *
   * @param events a sign-up and a purchase of each row
   * @param orders all order ids
   * @param frauds the order ids labelled as fraud
   */
  public record Purchases(List<SpecificRecord> events, Set<String> orders, Set<String> frauds) {}

  private static final DateTimeFormatter MINUTES = DateTimeFormatter.ofPattern("M/d/yyyy H:mm");

  private RealData() {}

  /**
   * The folder: system property {@code fenghuo.data}, else FENGHUO_DATA from the environment, else
   * {@code shared/data} beside one of the working directory's ancestors.
   */
  public static Optional<Path> folder() {
    String told = System.getProperty("fenghuo.data", System.getenv("FENGHUO_DATA"));
    if (told != null) {
      return Optional.of(Path.of(told)).filter(Files::isDirectory);
    }
    Path from = Path.of(System.getProperty("user.dir")).toAbsolutePath();
    for (Path folder = from; folder != null; folder = folder.getParent()) {
      Path data = folder.resolveSibling("shared").resolve("data");
      if (Files.isDirectory(data)) {
        return Optional.of(data);
      }
    }
    return Optional.empty();
  }

  public static Purchases ecommerceFraud(Path data) {
    List<SpecificRecord> events = new ArrayList<>();
    Set<String> orders = new LinkedHashSet<>();
    Set<String> frauds = new LinkedHashSet<>();
    List<String> lines = lines(data.resolve("ecommerce-fraud/Fraud_Data_with_ip.csv.gz"));
    for (int row = 1; row < lines.size(); row++) {
      String[] cells = lines.get(row).split(",", -1);
      String user = cells[0];
      String device = cells[4];
      String ip = dotted((long) Double.parseDouble(cells[9]));
      String order = "order-%06d".formatted(row);
      LoginEvent signup =
          LoginEvent.newBuilder()
              .setEventId("row-%06d-1".formatted(row))
              .setEventTime(minute(cells[1]))
              .setKind(LoginKind.SIGNUP)
              .setSuccess(true)
              .setUserId(user)
              .setDeviceId(device)
              .setIp(ip)
              .setBrowser(cells[6])
              .build();
      OrderEvent purchase =
          OrderEvent.newBuilder()
              .setEventId("row-%06d-2".formatted(row))
              .setEventTime(minute(cells[2]))
              .setOrderId(order)
              .setType(OrderType.CREATED)
              .setUserId(user)
              .setDeviceId(device)
              .setIp(ip)
              .setAmount(100 * Long.parseLong(cells[3]))
              .setCurrency("USD")
              .setChannel(cells[5])
              .build();
      events.add(signup);
      events.add(purchase);
      orders.add(order);
      if (cells[10].equals("1")) {
        frauds.add(order);
      }
    }
    return new Purchases(events, orders, frauds);
  }

  public static List<LoginEvent> flinkCourseLogins(Path data) {
    List<LoginEvent> events = new ArrayList<>();
    for (String line : lines(data.resolve("flink-course/LoginLog.csv"))) {
      String[] cells = line.split(",", -1);
      events.add(
          LoginEvent.newBuilder()
              .setEventId("row-%06d".formatted(events.size() + 1))
              .setEventTime(1000 * Long.parseLong(cells[3]))
              .setKind(LoginKind.LOGIN)
              .setSuccess(cells[2].equals("success"))
              .setUserId(cells[0])
              .setIp(cells[1])
              .build());
    }
    return events;
  }

  /** Orders created and paid. */
  public static List<SpecificRecord> flinkCourseOrders(Path data) {
    List<SpecificRecord> events = new ArrayList<>();
    for (String line : lines(data.resolve("flink-course/OrderLog.csv"))) {
      String[] cells = line.split(",", -1);
      String id = "row-%06d".formatted(events.size() + 1);
      long time = 1000 * Long.parseLong(cells[3]);
      if (cells[1].equals("create")) {
        events.add(
            OrderEvent.newBuilder()
                .setEventId(id)
                .setEventTime(time)
                .setOrderId(cells[0])
                .setType(OrderType.CREATED)
                .build());
      } else {
        events.add(
            PaymentEvent.newBuilder()
                .setEventId(id)
                .setEventTime(time)
                .setOrderId(cells[0])
                .setPaymentId(cells[2])
                .setStatus(PaymentStatus.SUCCEEDED)
                .build());
      }
    }
    return events;
  }

  /**
   * Two hours of shoppers' clicks: page views, carts and favourites as traffic, a purchase as an
   * order of one line and no price.
   */
  public static List<SpecificRecord> taobao(Path data) {
    List<SpecificRecord> events = new ArrayList<>();
    try (java.util.stream.Stream<Path> files = Files.list(data.resolve("taobao-userbehavior"))) {
      for (Path file : files.filter(path -> path.toString().contains(".csv")).sorted().toList()) {
        for (String line : lines(file)) {
          String[] cells = line.split(",", -1);
          if (cells.length == 5 && cells[4].matches("\\d+")) {
            events.add(click(cells, "row-%06d".formatted(events.size() + 1)));
          }
        }
      }
      return events;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SpecificRecord click(String[] cells, String id) {
    long time = 1000 * Long.parseLong(cells[4]);
    if (cells[3].equals("buy")) {
      return OrderEvent.newBuilder()
          .setEventId(id)
          .setEventTime(time)
          .setOrderId(id)
          .setType(OrderType.CREATED)
          .setUserId(cells[0])
          .setItems(List.of(new OrderItem(cells[1], cells[2], 1, 0L)))
          .build();
    }
    return TrafficEvent.newBuilder()
        .setEventId(id)
        .setEventTime(time)
        .setKind(
            switch (cells[3]) {
              case "pv" -> TrafficKind.PAGE_VIEW;
              case "cart" -> TrafficKind.CART_ADD;
              default -> TrafficKind.FAVOURITE;
            })
        .setVisitorId(cells[0])
        .setUserId(cells[0])
        .setProductId(cells[1])
        .setCategoryId(cells[2])
        .build();
  }

  private static List<String> lines(Path file) {
    try {
      if (!file.toString().endsWith(".gz")) {
        return Files.readAllLines(file).stream().filter(line -> !line.isBlank()).toList();
      }
      try (BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(
                  new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
        return reader.lines().filter(line -> !line.isBlank()).toList();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long minute(String text) {
    return LocalDateTime.parse(text, MINUTES).toInstant(ZoneOffset.UTC).toEpochMilli();
  }

  private static String dotted(long address) {
    return "%d.%d.%d.%d"
        .formatted(address >> 24 & 255, address >> 16 & 255, address >> 8 & 255, address & 255);
  }
}
