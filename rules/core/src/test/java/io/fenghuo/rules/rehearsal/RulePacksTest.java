package io.fenghuo.rules.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RulePacksTest {
  private static final Map<String, String> FILES =
      Map.of("policy.yaml", "policy: 规则", "order/a.yaml", "a", "order/a.test.yaml", "t");

  @TempDir private Path folder;

  @Test
  void aFolderGivesItsRuleFilesByPath() throws Exception {
    write(folder);
    Files.writeString(folder.resolve("order/notes.txt"), "no rule");
    assertThat(RulePacks.in(folder)).isEqualTo(FILES);
  }

  @Test
  void shippedRulesAreFoundInAFolderOnTheClassPath() throws Exception {
    write(folder.resolve("packs"));
    assertThat(shipped(folder)).isEqualTo(FILES);
  }

  @Test
  void shippedRulesAreFoundInAJar() throws Exception {
    Path jar = folder.resolve("rules.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      for (Map.Entry<String, String> entry : FILES.entrySet()) {
        out.putNextEntry(new JarEntry("packs/" + entry.getKey()));
        out.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
      }
      out.putNextEntry(new JarEntry("other/b.yaml"));
    }
    assertThat(shipped(jar)).isEqualTo(FILES);
  }

  private static Map<String, String> shipped(Path place) throws Exception {
    try (URLClassLoader loader = new URLClassLoader(new URL[] {place.toUri().toURL()}, null)) {
      return RulePacks.shipped(loader);
    }
  }

  private static void write(Path to) throws Exception {
    for (Map.Entry<String, String> entry : FILES.entrySet()) {
      Path file = to.resolve(entry.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(file, entry.getValue());
    }
  }
}
