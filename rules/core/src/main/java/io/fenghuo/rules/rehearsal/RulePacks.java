package io.fenghuo.rules.rehearsal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** Rule files, from a folder or as shipped: text by path below the folder. */
public final class RulePacks {
  private static final String ENDING = ".yaml";
  private static final String SHIPPED = "packs/";

  private RulePacks() {}

  /** All rule files below a folder, tests among them. */
  public static Map<String, String> in(Path folder) {
    List<Path> paths;
    try (Stream<Path> all = Files.walk(folder)) {
      paths =
          all.filter(path -> path.toString().endsWith(ENDING))
              .filter(path -> !folder.relativize(path).startsWith("target"))
              .filter(Files::isRegularFile)
              .toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    Map<String, String> files = new TreeMap<>();
    for (Path path : paths) {
      try {
        files.put(
            folder.relativize(path).toString().replace('\\', '/'),
            Files.readString(path, StandardCharsets.UTF_8));
      } catch (IOException unreadable) {
        throw new UncheckedIOException(path + ": " + unreadable.getMessage(), unreadable);
      }
    }
    return files;
  }

  /** The rule files that come with Fenghuo, wherever on the class path they are. */
  public static Map<String, String> shipped() {
    return shipped(RulePacks.class.getClassLoader());
  }

  static Map<String, String> shipped(ClassLoader loader) {
    // A jar need not have an entry for the folder itself, so look for a file that is always there.
    URL policy = loader.getResource(SHIPPED + "policy.yaml");
    if (policy == null) {
      throw new IllegalStateException(
          SHIPPED + "policy.yaml is not on the class path (expected: fenghuo-rules-packs)");
    }
    try {
      if (policy.openConnection() instanceof JarURLConnection inJar) {
        return in(inJar);
      }
      return in(Path.of(policy.toURI()).getParent());
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    } catch (URISyntaxException impossible) {
      throw new IllegalStateException("a URL of the class path", impossible);
    }
  }

  private static Map<String, String> in(JarURLConnection connection) throws IOException {
    // Otherwise closing this jar would close it for everyone in the process.
    connection.setUseCaches(false);
    Map<String, String> files = new TreeMap<>();
    try (JarFile jar = connection.getJarFile()) {
      List<JarEntry> entries = new ArrayList<>();
      jar.stream()
          .filter(entry -> entry.getName().startsWith(SHIPPED) && entry.getName().endsWith(ENDING))
          .forEach(entries::add);
      for (JarEntry entry : entries) {
        try (InputStream in = jar.getInputStream(entry)) {
          files.put(
              entry.getName().substring(SHIPPED.length()),
              new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
      }
    }
    return files;
  }
}
