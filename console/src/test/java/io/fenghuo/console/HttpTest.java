package io.fenghuo.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.console.http.OpenApi;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every answer has, whatever it is about. */
class HttpTest {

  private final TestConsole test = new TestConsole();

  @BeforeEach
  void start() {
    test.start(false);
  }

  @AfterEach
  void close() {
    test.close();
  }

  private HttpResponse<byte[]> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(test.console().address() + path));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return HttpClient.newHttpClient()
        .send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  @Test
  void everyPathThatIsNoFileShowsThePage() throws Exception {
    for (String path : new String[] {"/", "/live", "/review/o-1%2F2", "/alerts/x/y"}) {
      HttpResponse<byte[]> answer = get(path);
      assertThat(answer.statusCode()).as(path).isEqualTo(200);
      assertThat(header(answer, "Content-Type")).startsWith("text/html");
      assertThat(header(answer, "Content-Security-Policy"))
          .contains("script-src 'self'")
          .doesNotContain("unsafe");
      assertThat(header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
    }
  }

  @Test
  void aPageNamesAllItsModulesAtOnce() throws Exception {
    Set<String> wall = modules("/live");
    assertThat(wall).contains("app.js", "lib/vue.js", "live/hero.js");
    assertThat(modules("/review/o-1")).contains("review/case.js").doesNotContain("live/hero.js");
    for (String module : wall) {
      for (String line : text("/web/" + module).split("\n")) {
        if (line.startsWith("import ")) {
          String other = line.substring(line.indexOf('\'') + 1, line.lastIndexOf('\''));
          assertThat(wall)
              .as(module)
              .contains(Path.of(module).resolveSibling(other).normalize().toString());
        }
      }
    }
    assertThat(modules("/nowhere"))
        .isEqualTo(modules("/"))
        .contains("app.js")
        .noneMatch(module -> module.startsWith("pages/"));
  }

  private Set<String> modules(String page) throws Exception {
    Matcher named =
        Pattern.compile("<link rel=\"modulepreload\" href=\"/web/(.+)\">").matcher(text(page));
    Set<String> modules = new HashSet<>();
    while (named.find()) {
      assertThat(modules.add(named.group(1))).as("named once: " + named.group(1)).isTrue();
    }
    return modules;
  }

  private String text(String path) throws Exception {
    return new String(get(path).body(), StandardCharsets.UTF_8);
  }

  @Test
  void librariesAreServedCompressedAndOnlyOnce() throws Exception {
    for (String path : new String[] {"/web/lib/vue.js", "/web/lib/echarts.js"}) {
      HttpResponse<byte[]> plain = get(path);
      HttpResponse<byte[]> zipped = get(path, "Accept-Encoding", "gzip");
      assertThat(header(zipped, "Content-Encoding")).isEqualTo("gzip");
      assertThat(header(zipped, "Content-Type")).startsWith("text/javascript");
      assertThat(zipped.body().length).isLessThan(plain.body().length / 2);
      try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped.body()))) {
        assertThat(in.readAllBytes()).isEqualTo(plain.body());
      }
      assertThat(new String(plain.body(), StandardCharsets.UTF_8)).contains("export{");
      assertThat(get(path, "If-None-Match", header(plain, "ETag")).statusCode()).isEqualTo(304);
    }
  }

  @Test
  void filesThatAreNotThereAreNotFoundWhateverTheirName() throws Exception {
    for (String path :
        new String[] {
          "/web/none.js", "/web/lib/none.js", "/web/..%2fdb/V1__what_people_see.sql", "/web/.js"
        }) {
      assertThat(get(path).statusCode()).as(path).isIn(400, 404);
    }
  }

  @Test
  void aRouteThatIsNotThereIsAProblem() throws Exception {
    HttpResponse<byte[]> answer = get("/api/v1/nothing");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(header(answer, "Content-Type")).startsWith("application/problem+json");
  }

  @Test
  void aBodyOf50MegabytesIsRefusedHoweverItIsSent() {
    Visitor visitor = test.visitor();
    visitor.with("X-CSRF-Token", visitor.get("/session").json().path("csrf").asText());
    String large = "{\"text\":\"" + "x".repeat(50 << 20) + "\"}";
    int status;
    try {
      status = visitor.post("/cases/o-1/note", large).status();
    } catch (UncheckedIOException cut) {
      status = 413; // the connection was closed while we were still sending
    }
    assertThat(status).isEqualTo(413);
    assertThat(visitor.get("/session").status()).isEqualTo(200);
  }

  @Test
  void whatIsNotJsonIsSaidToBeSo() {
    Visitor visitor = test.visitor();
    visitor.with("X-CSRF-Token", visitor.get("/session").json().path("csrf").asText());
    for (String body : new String[] {"", "{", "[]", "null", "{'text':1}", "\u0000"}) {
      Visitor.Answer answer = visitor.post("/cases/o-1/note", body);
      assertThat(answer.status()).as(body).isEqualTo(400);
      assertThat(answer.json().path("detail").path("zh").asText()).isNotEmpty();
    }
  }

  /**
   * The kept file is what the pages' authors read. To write it anew: {@code mvn -pl console test
   * -Dtest=HttpTest -Dfenghuo.write=true}.
   */
  @Test
  void theDescriptionOfTheApiIsTheOneThatIsKept() throws Exception {
    Path kept = Path.of("openapi.json");
    String now = OpenApi.of(test.console().routes());
    if (Boolean.getBoolean("fenghuo.write")) {
      Files.writeString(kept, now);
    }
    assertThat(now).isEqualTo(Files.readString(kept));
    assertThat(new String(get("/api/v1/openapi.json").body(), StandardCharsets.UTF_8))
        .isEqualTo(now);
  }
}
