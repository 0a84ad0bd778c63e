package dev.retort.graph.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Model;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxWriterTest {
  private static final Path MODELS =
      Path.of(System.getProperty("retort.root")).resolve("data/models");

  @TempDir Path folder;

  @Test
  void anUnchangedModelIsReadBackEqual() {
    Model model = OnnxReader.readAsIs(MODELS.resolve("fashion-resnet.onnx"));
    Path copy = folder.resolve("copy.onnx");
    OnnxWriter.write(model, copy);
    assertThat(OnnxReader.readAsIs(copy)).isEqualTo(model);
  }

  @Test
  void aFileHasTheBytesThatTheModelHasInMemory() throws IOException {
    Model model = OnnxReader.read(MODELS.resolve("fashion-student.onnx"));
    Path copy = folder.resolve("copy.onnx");
    OnnxWriter.write(model, copy);
    assertThat(Files.readAllBytes(copy)).isEqualTo(OnnxWriter.toBytes(model));
    assertThat(OnnxReader.parse(ByteBuffer.wrap(OnnxWriter.toBytes(model)), folder))
        .isEqualTo(model);
  }
}
