package io.fenghuo.bench;

import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.EventJson;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.OrderItem;
import io.fenghuo.schemas.OrderType;
import io.fenghuo.schemas.Stream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The console of a running {@code ./fenghuo up --no-login} under load: how old a second's update is
 * in the hands of many viewers, and how long a decision in the request takes beside one that is
 * published to Kafka and read from there, half of the orders each, in the same seconds.
 */
@Command(
    name = "ConsoleLoad",
    mixinStandardHelpOptions = true,
    description = "Loads the console of a running `./fenghuo up --no-login`.")
final class ConsoleLoad implements Callable<Integer> {

  private static final Pattern AT = Pattern.compile("\"at\":\"([^\"]+)\"");
  private static final Duration REST = Duration.ofSeconds(15);

  @Option(names = "--console", defaultValue = "http://127.0.0.1:8080", paramLabel = "URL")
  private URI console;

  @Option(names = "--kafka", defaultValue = "127.0.0.1:9092", paramLabel = "HOST:PORT")
  private String kafka;

  @Option(
      names = "--data-dir",
      defaultValue = ".data",
      paramLabel = "DIR",
      description = "Where `up` keeps the shop's token.")
  private Path data;

  @Option(names = "--pid", paramLabel = "PID", description = "Of `up`, to tell what it uses.")
  private long pid;

  @Option(names = "--viewers", defaultValue = "1000", paramLabel = "N")
  private int viewers;

  @Option(
      names = "--rate",
      defaultValue = "200",
      paramLabel = "N",
      description = "Orders a second, either way.")
  private double rate;

  @Option(names = "--seconds", defaultValue = "30", paramLabel = "N")
  private int seconds;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private volatile boolean measuring;
  private volatile boolean reading = true;

  public static void main(String[] args) {
    System.exit(new CommandLine(new ConsoleLoad()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    System.out.println("| what | p50 | p99 | most, ms | |");
    System.out.println("|---|---|---|---|---|");
    view();
    decide();
    return 0;
  }

  // ---- viewers

  private void view() throws Exception {
    Histogram age = new ConcurrentHistogram(3);
    AtomicInteger watching = new AtomicInteger();
    AtomicInteger gone = new AtomicInteger();
    List<CompletableFuture<?>> streams = new ArrayList<>();
    for (int i = 0; i < viewers; i++) {
      streams.add(
          client
              .sendAsync(
                  HttpRequest.newBuilder(console.resolve("/api/v1/live/stream")).build(),
                  response -> {
                    watching.incrementAndGet();
                    return HttpResponse.BodySubscribers.fromLineSubscriber(
                        new Lines(line -> heard(line, age)));
                  })
              .whenComplete((done, failure) -> gone.incrementAndGet()));
      if (i % 50 == 49) {
        LockSupport.parkNanos(50_000_000); // people do not all come at once
      }
    }
    await(() -> watching.get() + gone.get() >= viewers);
    double used = CpuTimes.ofProcess(pid);
    long start = System.nanoTime();
    measuring = true;
    LockSupport.parkNanos(seconds * 1_000_000_000L);
    measuring = false;
    double cores = (CpuTimes.ofProcess(pid) - used) / ((System.nanoTime() - start) / 1e9);
    System.out.printf(
        Locale.ROOT,
        "| a second's update to %,d viewers, %,d updates | %d | %d | %d | %d lost their stream; `up` uses"
            + " %.2f cores |%n",
        watching.get(),
        age.getTotalCount(),
        age.getValueAtPercentile(50),
        age.getValueAtPercentile(99),
        age.getMaxValue(),
        gone.get(),
        cores);
    streams.forEach(stream -> stream.cancel(true));
  }

  /** The stamp of an update is when the console made it. */
  private void heard(String line, Histogram age) {
    if (!measuring || !line.startsWith("data:")) {
      return;
    }
    Matcher at = AT.matcher(line);
    if (at.find()) {
      age.recordValue(Math.max(0, Instant.now().toEpochMilli() - time(at.group(1))));
    }
  }

  private static long time(String at) {
    return Instant.parse(at).toEpochMilli();
  }

  // ---- decisions

  private void decide() throws Exception {
    String token = Files.readString(data.resolve("shop-token")).strip();
    Histogram requested = new ConcurrentHistogram(3);
    Histogram published = new ConcurrentHistogram(3);
    AtomicInteger fallbacks = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    Awaited awaited = new AwaitedDecisions(Stream.DECISIONS.topic());
    AtomicInteger underway = new AtomicInteger();
    try (KafkaProducer<String, byte[]> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka, "acks", "all", "linger.ms", 0),
                new StringSerializer(),
                new ByteArraySerializer());
        KafkaConsumer<byte[], byte[]> consumer = decisions()) {
      Thread reader =
          new Thread(
              () -> {
                while (reading) {
                  for (ConsumerRecord<byte[], byte[]> record :
                      consumer.poll(Duration.ofMillis(20))) {
                    awaited.answer(record, due -> record(published, due));
                  }
                }
              });
      reader.start();
      EventCodec codec = EventCodec.singleObject();
      String run = Long.toString(System.currentTimeMillis(), 36);
      OpenLoop schedule = new OpenLoop(System.nanoTime() + 1_000_000, 2 * rate);
      long end = (long) (2 * rate * (10 + seconds));
      for (long n = 0; n < end; n++) {
        long due = schedule.dueNanos(n);
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        measuring = n >= 2 * rate * 10; // the first ten seconds warm up
        OrderEvent order = order(run + n);
        if (n % 2 == 0) {
          if (measuring) {
            awaited.expect(order.getOrderId(), due);
          }
          producer.send(
              new ProducerRecord<>(
                  Stream.ORDERS.topic(), Stream.ORDERS.keyOf(order), codec.encode(order)));
        } else {
          underway.incrementAndGet();
          boolean counts = measuring;
          ask(order, token)
              .whenComplete(
                  (answer, failure) -> {
                    underway.decrementAndGet();
                    if (failure != null || answer.statusCode() != 200) {
                      refused.incrementAndGet();
                    } else if (!answer.body().contains("\"decided\":true")) {
                      fallbacks.incrementAndGet();
                    } else if (counts) {
                      record(requested, due);
                    }
                  });
        }
      }
      await(() -> awaited.size() == 0 && underway.get() == 0);
      reading = false;
      reader.join(5_000);
    }
    row(
        "published and read, " + (int) rate + " orders/s",
        published,
        awaited.size() + " never came");
    row(
        "asked over HTTP, " + (int) rate + " orders/s",
        requested,
        fallbacks + " fallbacks, " + refused + " refused");
  }

  private KafkaConsumer<byte[], byte[]> decisions() {
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", kafka, "fetch.min.bytes", 1),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(Stream.DECISIONS.topic()).stream()
            .map(part -> new TopicPartition(part.topic(), part.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position);
    return consumer;
  }

  private CompletableFuture<HttpResponse<String>> ask(OrderEvent order, String token) {
    String body =
        "{\"order\":" + EventJson.toJson(order) + ",\"timeoutMillis\":5000,\"fallback\":\"PASS\"}";
    return client.sendAsync(
        HttpRequest.newBuilder(console.resolve("/api/v1/decide"))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static OrderEvent order(String id) {
    OrderEvent event = new OrderEvent();
    event.setEventTime(System.currentTimeMillis());
    event.setEventId("load-" + id);
    event.setOrderId("load-o-" + id);
    event.setType(OrderType.CREATED);
    event.setUserId("load-u-" + id);
    event.setDeviceId("load-d-" + id);
    event.setAmount(12_900L);
    event.setCurrency("CNY");
    event.setDiscount(0L);
    event.setFirstOrder(false);
    event.setGoods("load-g-" + id);
    event.setItems(List.of(new OrderItem("p1", "c1", 1, 12_900L)));
    event.setChannel("app");
    event.setProvince("Zhejiang");
    event.setCityTier(1);
    return event;
  }

  private static void record(Histogram to, long due) {
    to.recordValue(Math.max(0, (System.nanoTime() - due) / 1_000_000));
  }

  private static void row(String what, Histogram millis, String more) {
    System.out.printf(
        Locale.ROOT,
        "| %s | %d | %d | %d | %s |%n",
        what,
        millis.getValueAtPercentile(50),
        millis.getValueAtPercentile(99),
        millis.getMaxValue(),
        more);
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + REST.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > end) {
        return;
      }
      LockSupport.parkNanos(20_000_000);
    }
  }

  /** Lines as they come, without end. */
  private record Lines(Consumer<String> to) implements Flow.Subscriber<String> {

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(String line) {
      to.accept(line);
    }

    @Override
    public void onError(Throwable broken) {
      // counted where the stream ends
    }

    @Override
    public void onComplete() {
      // counted where the stream ends
    }
  }
}
