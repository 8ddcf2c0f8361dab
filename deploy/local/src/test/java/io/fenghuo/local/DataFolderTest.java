package io.fenghuo.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {

  @TempDir Path folder;

  @Test
  void isHeldByOneAtATime() {
    try (DataFolder first = DataFolder.open(folder.resolve("data"))) {
      assertThat(first.path()).isDirectory();
      assertThatThrownBy(() -> DataFolder.open(folder.resolve("data")))
          .isInstanceOf(CommandFailure.class)
          .hasMessageContaining("Another Fenghuo runs on");
    }
    DataFolder.open(folder.resolve("data")).close();
  }
}
