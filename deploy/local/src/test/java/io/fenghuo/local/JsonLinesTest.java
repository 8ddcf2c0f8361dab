package io.fenghuo.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.local.JsonLines.Line;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonLinesTest {

  @Test
  void countsEmptyLinesAndLeavesThemOut() throws Exception {
    assertThat(read("a\n\n \r\nb".getBytes(StandardCharsets.UTF_8)))
        .containsExactly(new Line(1, "a", null), new Line(4, "b", null));
  }

  @Test
  void byteOrderMarkIsNoPartOfTheFirstLine() throws Exception {
    assertThat(read("\uFEFF{}\n".getBytes(StandardCharsets.UTF_8)))
        .containsExactly(new Line(1, "{}", null));
  }

  @Test
  void aFaultyLineDoesNotHideTheNext() throws Exception {
    assertThat(read(new byte[] {'a', (byte) 0xC3, '\n', 'b', '\n'}))
        .containsExactly(new Line(1, null, "not UTF-8"), new Line(2, "b", null));
  }

  @Test
  void aLineWithoutEndIsAFaultAndNotAFullMemory() throws Exception {
    byte[] bytes = new byte[JsonLines.MAX_BYTES + 3];
    Arrays.fill(bytes, (byte) 'x');
    bytes[bytes.length - 2] = '\n';
    assertThat(read(bytes))
        .containsExactly(
            new Line(1, null, "a line of 4194305 bytes (expected: at most 4194304)"),
            new Line(2, "x", null));
  }

  private static List<Line> read(byte[] bytes) throws IOException {
    List<Line> lines = new ArrayList<>();
    try (JsonLines json = new JsonLines(new ByteArrayInputStream(bytes))) {
      Line line;
      while ((line = json.next()) != null) {
        lines.add(line);
      }
    }
    return lines;
  }
}
