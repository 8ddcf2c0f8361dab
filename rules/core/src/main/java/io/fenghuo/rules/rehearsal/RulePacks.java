package io.fenghuo.rules.rehearsal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads rule files, with their tests, into texts by path. */
public final class RulePacks {

  private static final String SHIPPED = "packs/policy.yaml";

  private RulePacks() {}

  /** The rules that ship, from the class path. */
  public static Map<String, String> shipped() {
    URL anchor = RulePacks.class.getClassLoader().getResource(SHIPPED);
    if (anchor == null) {
      throw new IllegalStateException(
          "no rule packs on the class path (expected: " + SHIPPED + ")");
    }
    try {
      URI uri = anchor.toURI();
      if (uri.getScheme().equals("jar")) {
        String jar = uri.toString().substring(0, uri.toString().indexOf('!'));
        try (FileSystem files = FileSystems.newFileSystem(URI.create(jar), Map.of())) {
          return read(files.getPath("/packs"));
        }
      }
      return read(Path.of(uri).getParent());
    } catch (URISyntaxException | IOException broken) {
      throw new IllegalStateException("cannot read the rule packs at " + anchor, broken);
    }
  }

  /**
   * The rules of a folder.
   *
   * @return texts by path from the folder, with {@code /}
   */
  public static Map<String, String> read(Path folder) throws IOException {
    Map<String, String> texts = new TreeMap<>();
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files =
          walk.filter(file -> file.toString().endsWith(".yaml"))
              .filter(Files::isRegularFile)
              .toList();
    } catch (UncheckedIOException broken) {
      throw broken.getCause();
    }
    for (Path file : files) {
      String path = folder.relativize(file).toString().replace('\\', '/');
      if (!path.startsWith("target/")) {
        texts.put(path, Files.readString(file));
      }
    }
    return texts;
  }
}
