package io.fenghuo.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fenghuo.pipelines.MonitorJobMain;
import io.fenghuo.schemas.Decision;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.KpiPoint;
import io.fenghuo.schemas.OrderEvent;
import io.fenghuo.schemas.OrderType;
import io.fenghuo.schemas.Stream;
import io.fenghuo.schemas.Window;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The jobs' jar in an ordinary Flink session cluster: a JobManager and TaskManagers as processes of
 * their own, with nothing of Fenghuo on their class path.
 */
class SessionClusterTest {

  private static final Duration PATIENCE = Duration.ofSeconds(180);

  /** The jar's own main class. */
  private static final String RISK = "null";

  private static final String MONITOR = '"' + MonitorJobMain.class.getName() + '"';

  @TempDir Path folder;

  private final int restPort = LoopbackPort.free();
  private final List<Process> processes = new ArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void endProcesses() throws Exception {
    for (Process process : processes) {
      process.destroyForcibly();
      process.waitFor(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void bothJobsOfTheJarRunAndGoOnWhenATaskManagerIsKilled() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), LoopbackPort.free())) {
      kafka.createTopics(Topics.all());
      Path configuration = configuration();
      start(StandaloneSessionClusterEntrypoint.class, configuration, "jobmanager");
      Process first = start(TaskManagerRunner.class, configuration, "taskmanager-1");
      start(TaskManagerRunner.class, configuration, "taskmanager-2");
      await().atMost(PATIENCE).until(() -> get("/overview").contains("\"slots-total\":4"));

      String jar = upload();
      String broker = kafka.bootstrapServers();
      assertThat(run(jar, RISK, 1, "--mode", "later")).contains("--kafka", "expected: HOST:PORT");
      assertThat(run(jar, MONITOR, 1, "--kafka", broker, "--zone", "Asia/Moon"))
          .contains("--zone: Asia/Moon (expected: a time zone such as Asia/Shanghai)");
      List<String> jobs =
          List.of(
              id(run(jar, RISK, 2, "--kafka", broker, "--property", "client.rack=a")),
              id(run(jar, MONITOR, 2, "--kafka", broker, "--zone", "UTC")));
      publish(kafka, 0, 50);
      awaitDecisions(kafka, 50);
      awaitCounted(kafka, 50);
      for (String job : jobs) {
        await()
            .atMost(PATIENCE)
            .until(() -> !get("/jobs/" + job + "/checkpoints").contains("\"completed\":0"));
      }

      first.destroyForcibly();
      assertThat(first.waitFor(30, TimeUnit.SECONDS)).isTrue();
      start(TaskManagerRunner.class, configuration, "taskmanager-3");
      publish(kafka, 50, 100);
      awaitDecisions(kafka, 100);
      awaitCounted(kafka, 100);
      for (String job : jobs) {
        await().atMost(PATIENCE).until(() -> restarts(job) >= 1);
      }
      for (Decision decision : Said.on(broker).distinctDecisions()) {
        assertThat(decision.getRevision()).isZero();
      }
    }
  }

  private String run(String jar, String job, int parallelism, String... arguments)
      throws Exception {
    return post(
        "/jars/" + jar + "/run",
        "{\"entryClass\": %s, \"parallelism\": %d, \"programArgsList\": [%s]}"
            .formatted(
                job,
                parallelism,
                Arrays.stream(arguments)
                    .map(argument -> '"' + argument + '"')
                    .collect(Collectors.joining(", "))));
  }

  private static String id(String answer) {
    return found("\"jobid\":\"([0-9a-f]+)\"", answer);
  }

  private int restarts(String job) {
    String metric = get("/jobs/" + job + "/metrics?get=numRestarts");
    Matcher value = Pattern.compile("\"value\":\"(\\d+)\"").matcher(metric);
    return value.find() ? Integer.parseInt(value.group(1)) : 0;
  }

  private static void awaitCounted(EmbeddedKafka kafka, int orders) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                Said.read(kafka.bootstrapServers(), Stream.KPIS, KpiPoint.class).stream()
                    .filter(point -> point.getName().equals("orders"))
                    .filter(point -> point.getDimensions().isEmpty())
                    .filter(point -> point.getWindow() == Window.DAY)
                    .anyMatch(point -> point.getValue() == orders));
  }

  private Path configuration() throws Exception {
    Path directory = Files.createDirectories(folder.resolve("conf"));
    Files.writeString(
        directory.resolve("config.yaml"),
        String.join(
            "\n",
            "jobmanager.rpc.address: 127.0.0.1",
            "jobmanager.rpc.port: " + LoopbackPort.free(),
            "jobmanager.bind-host: 127.0.0.1",
            "jobmanager.memory.process.size: 1000m",
            "taskmanager.host: 127.0.0.1",
            "taskmanager.bind-host: 127.0.0.1",
            "taskmanager.numberOfTaskSlots: 2",
            // Each TaskManager carries half of each job, so that whichever ends, both feel it.
            "taskmanager.load-balance.mode: SLOTS",
            "taskmanager.cpu.cores: 2",
            // What Flink's own start script works out from the size of the process.
            "taskmanager.memory.framework.heap.size: 128m",
            "taskmanager.memory.framework.off-heap.size: 128m",
            "taskmanager.memory.jvm-metaspace.size: 256m",
            "taskmanager.memory.jvm-overhead.min: 192m",
            "taskmanager.memory.jvm-overhead.max: 192m",
            "taskmanager.memory.task.heap.size: 400m",
            "taskmanager.memory.task.off-heap.size: 0m",
            "taskmanager.memory.managed.size: 128m",
            "taskmanager.memory.network.min: 64m",
            "taskmanager.memory.network.max: 64m",
            "rest.address: 127.0.0.1",
            "rest.bind-address: 127.0.0.1",
            "rest.port: " + restPort,
            "heartbeat.timeout: 8000",
            "heartbeat.interval: 2000",
            "execution.checkpointing.interval: 2s",
            "execution.checkpointing.dir: " + folder.resolve("checkpoints").toUri(),
            "io.tmp.dirs: " + Files.createDirectories(folder.resolve("tmp")),
            ""));
    return directory;
  }

  private Process start(Class<?> main, Path configuration, String name) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(UpProcess.SHORT_LIVED);
    command.addAll(List.of("-Xmx700m", "-XX:MaxMetaspaceSize=256m"));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-"))
        .forEach(command::add);
    command.addAll(
        List.of("-cp", flinkOnly(), main.getName(), "--configDir", configuration.toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".log").toFile())
            .start();
    processes.add(process);
    return process;
  }

  /** Flink and what it needs, but nothing that has to come with the job. */
  private static String flinkOnly() {
    String all =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Arrays.stream(all.split(java.io.File.pathSeparator))
        .filter(entry -> entry.endsWith(".jar"))
        .filter(
            entry ->
                !entry.contains("fenghuo")
                    && !entry.contains("esper")
                    && !entry.contains("kafka")
                    && !entry.contains("avro"))
        .collect(Collectors.joining(java.io.File.pathSeparator));
  }

  private static Path jar() throws Exception {
    Path target = Path.of("..", "..", "pipelines", "target").toAbsolutePath().normalize();
    try (java.util.stream.Stream<Path> files = Files.list(target)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith("-job.jar"))
          .findFirst()
          .orElseThrow();
    }
  }

  private String upload() throws Exception {
    String boundary = "fenghuo-boundary";
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.write(
        ("--"
                + boundary
                + "\r\nContent-Disposition: form-data; name=\"jarfile\";"
                + " filename=\"job.jar\"\r\nContent-Type: application/x-java-archive\r\n\r\n")
            .getBytes(StandardCharsets.UTF_8));
    body.write(Files.readAllBytes(jar()));
    body.write(("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8));
    HttpRequest request =
        HttpRequest.newBuilder(address("/jars/upload"))
            .header("Content-Type", "multipart/form-data; boundary=" + boundary)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()))
            .build();
    return found("\"filename\":\"[^\"]*/([^/\"]+)\"", answer(request));
  }

  private String get(String path) {
    try {
      return answer(HttpRequest.newBuilder(address(path)).build());
    } catch (Exception notYet) {
      return "";
    }
  }

  private String post(String path, String json) throws Exception {
    return answer(
        HttpRequest.newBuilder(address(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build());
  }

  private URI address(String path) {
    return URI.create("http://127.0.0.1:" + restPort + path);
  }

  private String answer(HttpRequest request) throws Exception {
    return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  private static String found(String pattern, String text) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as(text).isTrue();
    return matcher.group(1);
  }

  private static void publish(EmbeddedKafka kafka, int from, int to) {
    EventCodec codec = EventCodec.singleObject();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (int i = from; i < to; i++) {
        OrderEvent order =
            OrderEvent.newBuilder()
                .setEventId("e" + i)
                .setEventTime(System.currentTimeMillis())
                .setOrderId("o" + i)
                .setType(OrderType.CREATED)
                .setUserId("u" + i)
                .setAmount(100)
                .build();
        producer.send(
            new ProducerRecord<>("orders", i % Topics.PARTITIONS, null, codec.encode(order)));
      }
    }
  }

  private static void awaitDecisions(EmbeddedKafka kafka, int count) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              Set<String> orders = new TreeSet<>();
              for (Decision decision :
                  Said.read(kafka.bootstrapServers(), Stream.DECISIONS, Decision.class)) {
                orders.add(decision.getOrderId());
              }
              return orders.size() == count;
            });
  }
}
