package io.fenghuo.bench;

import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.EventJson;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.OrderItem;
import io.fenghuo.schemas.OrderType;
import io.fenghuo.schemas.Stream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
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
 * The console of a running {@code ./fenghuo up} under load: how old a second's update is in the
 * hands of many viewers, and how long a decision in the request takes beside one that is published
 * to Kafka and read from there, by turns at the same rate. Before anything counts, all of it is
 * done until the process has compiled what it runs.
 *
 * <p>Best with a new data folder: none of these orders is ever paid, and after 15 minutes all of
 * them are late.
 */
@Command(
    name = "ConsoleLoad",
    mixinStandardHelpOptions = true,
    description = "Loads the console of a running `./fenghuo up --no-login`.")
final class ConsoleLoad implements Callable<Integer> {

  private static final Pattern AT = Pattern.compile("\"at\":\"([^\"]+)\"");
  private static final Duration REST = Duration.ofSeconds(15);

  /** Between two looks at whether the process is warm. */
  private static final Duration LOOK = Duration.ofSeconds(10);

  /** A process that is not warm after so many times the warm-up will not be. */
  private static final int LONGEST_WARM_UP = 4;

  private static final int TURNS = 6;

  /** So many may wait for an answer; others wait for one of these, which is counted. */
  private static final int CALLERS = 200;

  /** What was begun under another load is over. */
  private static final Duration SETTLE = Duration.ofSeconds(10);

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

  @Option(
      names = "--pid",
      required = true,
      paramLabel = "PID",
      description = "Of `up`, to tell whether it is warm and what it uses.")
  private long pid;

  @Option(names = "--viewers", defaultValue = "1000", paramLabel = "N")
  private int viewers;

  @Option(
      names = "--rate",
      defaultValue = "200",
      paramLabel = "N",
      description = "Orders a second.")
  private double rate;

  @Option(names = "--seconds", defaultValue = "60", paramLabel = "N")
  private int seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "120",
      paramLabel = "N",
      description =
          "Seconds of all of it before anything counts, at the least (default: ${DEFAULT-VALUE}).")
  private int warmUp;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  public static void main(String[] args) {
    System.setProperty("http.maxConnections", String.valueOf(CALLERS));
    System.exit(new CommandLine(new ConsoleLoad()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    String token = Files.readString(data.resolve("shop-token")).strip();
    try (Orders orders = new Orders(token)) {
      Viewers crowd = new Viewers();
      warmUp(orders);
      crowd.leave();
      pause(SETTLE);
      System.out.println("| what | p50 | p99 | most, ms | |");
      System.out.println("|---|---|---|---|---|");
      Usage alone = Usage.during(pid, () -> pause(Duration.ofSeconds(seconds)));
      System.out.printf("| nobody looks and nobody asks | – | – | – | %s |%n", alone);
      view();
      pause(SETTLE);
      decide(orders);
    }
    return 0;
  }

  /**
   * With viewers, and orders asked about, which does all there is to do; twice as many as are
   * measured, as code is compiled after so many calls and not after so much time.
   */
  private void warmUp(Orders orders) {
    long begin = System.nanoTime();
    Warmth warmth = new Warmth(pid);
    boolean warm = false;
    double lasted = 0;
    while (lasted < LONGEST_WARM_UP * warmUp && !(warm && lasted >= warmUp)) {
      orders.send(LOOK, 2 * rate, Way.ASKED, false);
      warmth.look();
      warm = warmth.isReached();
      lasted = (System.nanoTime() - begin) / 1e9;
    }
    System.out.printf(
        Locale.ROOT,
        "`up` is %d s old, warmed up for %.0f s%s%n%n",
        Duration.between(
                ProcessHandle.of(pid).orElseThrow().info().startInstant().orElseThrow(),
                Instant.now())
            .toSeconds(),
        lasted,
        warm ? "" : ", AND IS NOT WARM: these figures mean nothing");
  }

  // ---- viewers

  private void view() {
    Viewers crowd = new Viewers();
    pause(SETTLE);
    Usage usage =
        Usage.during(
            pid,
            () -> {
              crowd.counts(true);
              pause(Duration.ofSeconds(seconds));
              crowd.counts(false);
            });
    Histogram age = crowd.age;
    row(
        String.format(Locale.ROOT, "a second's update to %,d viewers", crowd.watching.get()),
        age,
        String.format(
            Locale.ROOT,
            "%,d updates, %,d of %,d beats; %d lost their stream; %s",
            age.getTotalCount(),
            crowd.beats.sum(),
            (long) viewers * seconds,
            crowd.gone.get(),
            usage));
    crowd.leave();
  }

  /** All who look at the wall screen. */
  private final class Viewers {
    private final Histogram age = new ConcurrentHistogram(3);
    private final LongAdder beats = new LongAdder();
    private final AtomicInteger watching = new AtomicInteger();
    private final AtomicInteger gone = new AtomicInteger();
    private final List<CompletableFuture<?>> streams = new ArrayList<>();
    private volatile boolean counts;

    Viewers() {
      for (int i = 0; i < viewers; i++) {
        streams.add(
            client
                .sendAsync(
                    HttpRequest.newBuilder(console.resolve("/api/v1/live/stream")).build(),
                    response -> {
                      watching.incrementAndGet();
                      return HttpResponse.BodySubscribers.fromLineSubscriber(
                          new Lines(this::heard));
                    })
                .whenComplete((done, failure) -> gone.incrementAndGet()));
        if (i % 50 == 49) {
          pause(Duration.ofMillis(50)); // people do not all come at once
        }
      }
      await(() -> watching.get() + gone.get() >= viewers);
    }

    void counts(boolean on) {
      counts = on;
    }

    /** The stamp of an update is when the console made it. */
    private void heard(String line) {
      if (!counts) {
        return;
      }
      if (line.equals("event: beat")) {
        beats.increment(); // of those that never come nobody can say how late they are
      }
      Matcher at = AT.matcher(line);
      if (line.startsWith("data:") && at.find()) {
        age.recordValue(1_000 * Math.max(0, Instant.now().toEpochMilli() - time(at.group(1))));
      }
    }

    void leave() {
      streams.forEach(stream -> stream.cancel(true));
    }
  }

  private static long time(String at) {
    return Instant.parse(at).toEpochMilli();
  }

  // ---- decisions

  private void decide(Orders orders) {
    // Other work lay between, and its code ran last.
    orders.send(LOOK, rate, Way.PUBLISHED, false);
    orders.send(LOOK, rate, Way.ASKED, false);
    Duration turn = Duration.ofMillis(seconds * 1_000L / TURNS);
    Usage usage =
        Usage.during(
            pid,
            () -> {
              for (int i = 0; i < TURNS; i++) {
                orders.send(turn, rate, Way.PUBLISHED, true);
                orders.send(turn, rate, Way.ASKED, true);
              }
            });
    await(() -> orders.awaited.size() == 0 && orders.underway.get() == 0);
    row(
        "published and read, " + (int) rate + " orders/s",
        orders.published,
        orders.awaited.size() + " never came");
    row(
        "asked over HTTP, " + (int) rate + " orders/s",
        orders.requested,
        orders.fallbacks + " fallbacks, " + orders.refused + " refused; both: " + usage);
    System.out.printf(
        Locale.ROOT,
        "| → asking costs | %.1f | %.1f | | goal: 20 at p99 |%n",
        millis(orders.requested, 50) - millis(orders.published, 50),
        millis(orders.requested, 99) - millis(orders.published, 99));
  }

  private enum Way {
    PUBLISHED,
    ASKED
  }

  /** Orders on a schedule that waits for nobody. */
  private final class Orders implements AutoCloseable {
    private final Histogram requested = new ConcurrentHistogram(3);
    private final Histogram published = new ConcurrentHistogram(3);
    private final AtomicInteger fallbacks = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger underway = new AtomicInteger();
    private final Awaited awaited = new AwaitedDecisions(Stream.DECISIONS.topic());
    private final EventCodec codec = EventCodec.singleObject();
    private final String run = Long.toString(System.currentTimeMillis(), 36);
    private final String token;
    private final KafkaProducer<String, byte[]> producer;
    private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    private final Thread reader;
    private volatile boolean reading = true;
    private long sent;

    Orders(String token) {
      this.token = token;
      producer =
          new KafkaProducer<>(
              Map.of("bootstrap.servers", kafka, "acks", "all", "linger.ms", 0),
              new StringSerializer(),
              new ByteArraySerializer());
      reader = new Thread(this::read, "decisions");
      reader.start();
    }

    private void read() {
      try (KafkaConsumer<byte[], byte[]> consumer = decisions()) {
        while (reading) {
          for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofMillis(20))) {
            awaited.answer(each, due -> record(published, due));
          }
        }
      }
    }

    void send(Duration time, double perSecond, Way way, boolean counts) {
      OpenLoop schedule = new OpenLoop(System.nanoTime() + 1_000_000, perSecond);
      long end = (long) (perSecond * time.toMillis() / 1_000);
      for (long n = 0; n < end; n++) {
        long due = schedule.dueNanos(n);
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        OrderEvent order = order(run + sent++);
        if (way == Way.PUBLISHED) {
          publish(order, due, counts);
        } else {
          ask(order, due, counts);
        }
      }
    }

    private void publish(OrderEvent order, long due, boolean counts) {
      if (counts) {
        awaited.expect(order.getOrderId(), due);
      }
      producer.send(
          new ProducerRecord<>(
              Stream.ORDERS.topic(), Stream.ORDERS.keyOf(order), codec.encode(order)));
    }

    private void ask(OrderEvent order, long due, boolean counts) {
      underway.incrementAndGet();
      callers.execute(
          () -> {
            String answer = null;
            try {
              answer = ConsoleLoad.this.ask(order, token);
            } catch (IOException refusal) {
              // counted below
            }
            underway.decrementAndGet();
            if (!counts) {
              return;
            }
            // Whatever came of it, it took so long.
            record(requested, due);
            if (answer == null) {
              refused.incrementAndGet();
            } else if (!answer.contains("\"decided\":true")) {
              fallbacks.incrementAndGet();
            }
          });
    }

    @Override
    public void close() throws InterruptedException {
      reading = false;
      reader.join(5_000);
      callers.shutdownNow();
      producer.close(Duration.ofSeconds(5));
    }
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

  /** Blocking, as this takes the least of the processors that `up` needs too. */
  private String ask(OrderEvent order, String token) throws IOException {
    String body =
        "{\"order\":" + EventJson.toJson(order) + ",\"timeoutMillis\":5000,\"fallback\":\"PASS\"}";
    HttpURLConnection asked =
        (HttpURLConnection) console.resolve("/api/v1/decide").toURL().openConnection();
    asked.setRequestProperty("Authorization", "Bearer " + token);
    asked.setRequestProperty("Content-Type", "application/json");
    asked.setDoOutput(true);
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    asked.setFixedLengthStreamingMode(bytes.length);
    try (OutputStream out = asked.getOutputStream()) {
      out.write(bytes);
    }
    // Read to its end, the connection serves the next one.
    try (InputStream in = asked.getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
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
    to.recordValue(Math.max(0, (System.nanoTime() - due) / 1_000));
  }

  private static double millis(Histogram micros, double percentile) {
    return micros.getValueAtPercentile(percentile) / 1e3;
  }

  private static void row(String what, Histogram micros, String more) {
    System.out.printf(
        Locale.ROOT,
        "| %s | %.1f | %.1f | %.1f | %s |%n",
        what,
        millis(micros, 50),
        millis(micros, 99),
        micros.getMaxValue() / 1e3,
        more);
  }

  private static void pause(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + REST.toNanos();
    while (!condition.getAsBoolean() && System.nanoTime() < end) {
      LockSupport.parkNanos(20_000_000);
    }
  }

  /**
   * What was used while something was done.
   *
   * @param cores of {@code up}
   * @param ours of this process, which takes them from it
   * @param resident bytes of {@code up} afterwards, its database not included
   */
  private record Usage(double cores, double ours, long resident) {

    static Usage during(long pid, Runnable work) {
      long self = ProcessHandle.current().pid();
      double before = CpuTimes.ofProcess(pid);
      double selfBefore = CpuTimes.ofProcess(self);
      long start = System.nanoTime();
      work.run();
      double lasted = (System.nanoTime() - start) / 1e9;
      return new Usage(
          (CpuTimes.ofProcess(pid) - before) / lasted,
          (CpuTimes.ofProcess(self) - selfBefore) / lasted,
          CpuTimes.residentBytes(pid));
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "`up` uses %.2f cores and %,d MB, this client %.2f cores",
          cores,
          resident / 1_000_000,
          ours);
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
