package dev.retort.graph.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import dev.retort.error.InfrastructureError;
import dev.retort.error.UnsupportedModelError;
import dev.retort.error.UserError;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import dev.retort.tensor.TensorData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxWriterTest {
  private static final Path MODELS =
      Path.of(System.getProperty("retort.root")).resolve("data/models");
  private static final Path RESNET = MODELS.resolve("fashion-resnet.onnx");

  @TempDir Path folder;

  @Test
  void anUnchangedModelIsReadBackEqual() {
    Model model = OnnxReader.readAsIs(RESNET);
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

  @Test
  void equalModelsGiveEqualFiles() throws IOException {
    OnnxWriter.write(OnnxReader.read(RESNET), folder.resolve("a.onnx"), 0);
    OnnxWriter.write(OnnxReader.read(folder.resolve("a.onnx")), folder.resolve("b.onnx"));
    OnnxWriter.write(OnnxReader.read(RESNET), folder.resolve("c.onnx"));
    assertThat(folder.resolve("b.onnx")).hasSameBinaryContentAs(folder.resolve("c.onnx"));
  }

  @Test
  void beyondTheLimitWeightsGoToAFileBesideTheModel() throws IOException, OrtException {
    Model model = OnnxReader.read(RESNET);
    Path file = folder.resolve("large.onnx");
    OnnxWriter.write(model, file, 1000);
    assertThat(Files.size(file)).isLessThan(100_000);
    Model read = OnnxReader.read(file);
    assertThat(read).isEqualTo(model);
    assertThat(read.graph().initializers().values())
        .filteredOn(tensor -> tensor.byteLength() >= 1024)
        .isNotEmpty()
        .allSatisfy(
            tensor -> {
              TensorData.FileSlice slice = (TensorData.FileSlice) tensor.data();
              assertThat(slice.file()).hasFileName("large.onnx.data");
              assertThat(slice.offset() % 4096).isZero();
            });
    assertThat(ReferenceRuntime.run(file, image()))
        .isEqualTo(ReferenceRuntime.run(RESNET, image()));
  }

  @Test
  void encodedFilesStreamWhatIsWritten() throws IOException {
    OnnxWriter.write(OnnxReader.read(RESNET), folder.resolve("first.onnx"), 0);
    Model inFiles = OnnxReader.read(folder.resolve("first.onnx"));
    for (Model model : List.of(OnnxReader.read(RESNET), inFiles)) {
      for (long limit : List.of(0L, OnnxWriter.INLINE_LIMIT_BYTES)) {
        Path written = Files.createTempDirectory(folder, "written").resolve("a.onnx");
        OnnxWriter.write(model, written, limit);

        List<EncodedFile> encoded = OnnxWriter.encode(model, "a.onnx", limit);

        assertThat(encoded).hasSize(limit == 0 ? 2 : 1);
        for (EncodedFile file : encoded) {
          Path same = written.resolveSibling(file.name());
          assertThat(Files.size(same)).isEqualTo(file.byteLength());
          try (InputStream stream = file.open()) {
            assertThat(stream).hasBinaryContent(Files.readAllBytes(same));
          }
          try (InputStream stream = file.open();
              InputStream expected = Files.newInputStream(same)) {
            assertThat(stream.read()).isEqualTo(expected.read());
          }
        }
      }
    }
  }

  @Test
  void aFileOfWeightsThatWasCutIsNoticed() throws IOException {
    OnnxWriter.write(OnnxReader.read(RESNET), folder.resolve("cut.onnx"), 0);
    Model model = OnnxReader.read(folder.resolve("cut.onnx"));
    EncodedFile encoded = OnnxWriter.encode(model, "a.onnx").get(0);
    Files.write(folder.resolve("cut.onnx.data"), new byte[5000]);

    try (InputStream stream = encoded.open()) {
      assertThatThrownBy(stream::readAllBytes)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("shorter than it was");
    }
  }

  @Test
  void aModelIsNotWrittenOverTheFileThatItsWeightsAreReadFrom() {
    Path file = folder.resolve("large.onnx");
    OnnxWriter.write(OnnxReader.read(RESNET), file, 0);
    Model read = OnnxReader.read(file);
    assertThatThrownBy(() -> OnnxWriter.write(read, file, 0))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot write model to %s.data: its weights are read from there; choose another name"
                .formatted(file));
    assertThatThrownBy(() -> OnnxWriter.write(read, folder.resolve("large.onnx.data")))
        .isInstanceOf(UserError.class);
  }

  @Test
  void aModelMayReplaceTheFileThatItWasMappedFrom() throws IOException {
    Path file = Files.copy(RESNET, folder.resolve("model.onnx"));
    Model model = OnnxReader.read(file);
    OnnxWriter.write(model, file);
    assertThat(OnnxReader.read(file)).isEqualTo(model);
  }

  @Test
  void nothingIsLeftWhereTheFolderCannotBeWritten() throws IOException {
    Path missing = folder.resolve("missing/model.onnx");
    assertThatThrownBy(() -> OnnxWriter.write(OnnxReader.read(RESNET), missing))
        .isInstanceOf(InfrastructureError.class)
        .hasMessageStartingWith("Cannot write model to " + missing);
    Path directory = Files.createDirectory(folder.resolve("taken"));
    Files.createFile(directory.resolve("file"));
    assertThatThrownBy(() -> OnnxWriter.write(OnnxReader.read(RESNET), directory))
        .isInstanceOf(InfrastructureError.class);
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(directory);
    }
  }

  @Test
  void aModelOfMoreThanTheLimitHasNoBytesInMemory() {
    TensorData huge = new TensorData.FileSlice(folder.resolve("huge"), 0, 4_000_000_000L);
    Tensor weight = new Tensor(ElementType.FLOAT32, Dims.of(1_000_000_000), huge);
    Model model = Model.of(Graph.of("g", List.of(), Map.of("w", weight), List.of(), List.of()));
    assertThatThrownBy(() -> OnnxWriter.toBytes(model))
        .isInstanceOf(UnsupportedModelError.class)
        .hasMessageContaining("its tensors have 4000000000 bytes, must be at most 1500000000");
  }

  private static Map<String, Tensor> image() {
    float[] pixels = new float[28 * 28];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i % 7 / 7f;
    }
    String input = OnnxReader.read(RESNET).graph().inputs().get(0).name();
    return Map.of(input, Tensor.ofFloats(Dims.of(1, 1, 28, 28), pixels));
  }
}
