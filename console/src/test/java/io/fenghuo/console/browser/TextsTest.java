package io.fenghuo.console.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The one table of texts has what the pages ask for, in both languages. */
class TextsTest {
  private static final Path WEB = Path.of("src/main/resources/io/fenghuo/console/web");
  private static final Pattern ENTRY =
      Pattern.compile("^  '([^']+)': \\['(.*)', ['\"](.*)['\"]\\],$", Pattern.MULTILINE);
  private static final Pattern ASKED =
      Pattern.compile("(?:\\bt\\(|text: )'([a-z]+\\.[A-Za-z0-9.-]+)'(?! \\+)");
  private static final Pattern BLANK = Pattern.compile("\\{(\\w+)}");

  @Test
  void everyTextAskedForIsThereInBothLanguagesWithTheSameBlanks() throws IOException {
    Map<String, String[]> texts = new HashMap<>();
    Matcher entry = ENTRY.matcher(Files.readString(WEB.resolve("texts.js")));
    while (entry.find()) {
      assertThat(texts.put(entry.group(1), new String[] {entry.group(2), entry.group(3)}))
          .as("twice: %s", entry.group(1))
          .isNull();
    }
    texts.forEach(
        (key, both) ->
            assertThat(blanks(both[1]))
                .as(key)
                .containsExactlyInAnyOrderElementsOf(blanks(both[0])));
    List<String> missing = new ArrayList<>();
    try (Stream<Path> files = Files.walk(WEB)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".js")).toList()) {
        Matcher asked = ASKED.matcher(Files.readString(file));
        while (asked.find()) {
          if (!texts.containsKey(asked.group(1))) {
            missing.add(WEB.relativize(file) + ": " + asked.group(1));
          }
        }
      }
    }
    assertThat(missing).isEmpty();
    assertThat(texts).hasSizeGreaterThan(500);
  }

  private static List<String> blanks(String text) {
    return BLANK.matcher(text).results().map(each -> each.group(1)).toList();
  }
}
