package io.fenghuo.console.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

/** The page and its parts, out of the class path; compressed once and kept. */
final class WebFiles {

  private static final String OURS = "/io/fenghuo/console/web/";

  /** What is around every page. */
  private static final String FRAME = "app.js";

  /** What is not ours, and where in its jar it is. */
  private static final Map<String, String> LIBRARIES =
      Map.of(
          "lib/vue.js",
          "/META-INF/resources/webjars/vue/3.5.22/dist/vue.runtime.esm-browser.prod.js",
          "lib/echarts.js",
          "/META-INF/resources/_static/echarts/6.0.0/dist/echarts.esm.min.js");

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "mjs", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml",
          "json", "application/json; charset=utf-8",
          "webmanifest", "application/manifest+json",
          "png", "image/png",
          "woff2", "font/woff2");

  private static final Pattern PATH = Pattern.compile("[A-Za-z0-9_-]+([./][A-Za-z0-9_-]+)*");

  private record File(byte[] plain, byte[] gzip, String etag, String type) {

    static File of(byte[] plain, String type) {
      ByteArrayOutputStream zipped = new ByteArrayOutputStream();
      try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
        gzip.write(plain);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return new File(plain, zipped.toByteArray(), etag(plain), type);
    }

    private static String etag(byte[] plain) {
      try {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(plain);
        return '"' + HexFormat.of().formatHex(digest, 0, 8) + '"';
      } catch (NoSuchAlgorithmException missing) {
        throw new IllegalStateException("every Java has SHA-256", missing);
      }
    }
  }

  private final Map<String, File> files = new ConcurrentHashMap<>();
  private final Map<String, File> pages = new ConcurrentHashMap<>();
  private final Modules modules =
      new Modules(path -> find(path).map(file -> new String(file.plain(), UTF_8)));

  /**
   * Answers with the page that stands in the address, which names the modules it is made of.
   *
   * @param address as {@code /review/o-17}, shown by {@code pages/review.js}
   */
  void answerPage(Context context, String address) {
    String page = "pages/" + address.split("/", 3)[1] + ".js";
    answer(context, pages.computeIfAbsent(find(page).isPresent() ? page : FRAME, this::page));
  }

  private File page(String module) {
    Set<String> wanted = new LinkedHashSet<>(modules.of(FRAME));
    wanted.addAll(modules.of(module));
    String links =
        wanted.stream()
            .map(path -> "  <link rel=\"modulepreload\" href=\"/web/" + path + "\">\n")
            .collect(Collectors.joining());
    // Behind the styles, which the first paint waits for.
    String html = new String(find("index.html").orElseThrow().plain(), UTF_8);
    return File.of(html.replace("</head>", links + "</head>").getBytes(UTF_8), TYPES.get("html"));
  }

  /**
   * Answers with a file.
   *
   * @param path as {@code app.js} or {@code lib/vue.js}
   */
  void answer(Context context, String path) {
    answer(context, find(path).orElseThrow(() -> Problem.notFound("/web/" + path)));
  }

  private static void answer(Context context, File file) {
    // Ask each time, answer mostly "not modified": a new version is seen at once.
    context.header("Cache-Control", "no-cache");
    context.header("ETag", file.etag());
    context.header("Vary", "Accept-Encoding");
    if (file.etag().equals(context.header("If-None-Match"))) {
      context.status(304);
      return;
    }
    String encodings = context.header("Accept-Encoding");
    boolean zipped = encodings != null && encodings.contains("gzip");
    if (zipped) {
      context.header("Content-Encoding", "gzip");
    }
    context.contentType(file.type()).result(zipped ? file.gzip() : file.plain());
    context.disableCompression();
  }

  private Optional<File> find(String path) {
    if (!PATH.matcher(path).matches()) {
      return Optional.empty();
    }
    String type = TYPES.get(path.substring(path.lastIndexOf('.') + 1));
    if (type == null) {
      return Optional.empty();
    }
    Optional<File> known = Optional.ofNullable(files.get(path));
    if (known.isEmpty()) {
      known = load(LIBRARIES.getOrDefault(path, OURS + path), type);
      // What is not there is not remembered, or anybody could fill the memory with names.
      known.ifPresent(file -> files.put(path, file));
    }
    return known;
  }

  private static Optional<File> load(String resource, String type) {
    try (InputStream in = WebFiles.class.getResourceAsStream(resource)) {
      if (in == null) {
        return Optional.empty();
      }
      return Optional.of(File.of(in.readAllBytes(), type));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
