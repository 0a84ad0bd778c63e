package dev.retort.jobs.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.InfrastructureError;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFileTest {
  @TempDir java.nio.file.Path folder;

  private FileSystem fileSystem;
  private Path file;

  @BeforeEach
  void openLocalFileSystem() throws IOException {
    fileSystem = FileSystem.getLocal(new Configuration());
    file = new Path(folder.resolve("states.bin").toUri());
  }

  @Test
  void eachStateIsReadByItsPosition() {
    StateFile.write(fileSystem, file, List.of(new byte[] {1, 2}, new byte[0], new byte[] {3}));

    assertThat(StateFile.read(fileSystem, file, 0)).containsExactly(1, 2);
    assertThat(StateFile.read(fileSystem, file, 1)).isEmpty();
    assertThat(StateFile.read(fileSystem, file, 2)).containsExactly(3);
  }

  @Test
  void aPositionBeyondTheEndIsRefused() {
    StateFile.write(fileSystem, file, List.of(new byte[] {1}));

    assertThatThrownBy(() -> StateFile.read(fileSystem, file, 1))
        .isInstanceOf(InfrastructureError.class)
        .hasMessageContaining("must be below 1");
  }

  @Test
  void aFileIsNeverOverwritten() {
    StateFile.write(fileSystem, file, List.of(new byte[] {1}));

    assertThatThrownBy(() -> StateFile.write(fileSystem, file, List.of()))
        .isInstanceOf(InfrastructureError.class);
    assertThat(StateFile.read(fileSystem, file, 0)).containsExactly(1);
  }
}
