package dev.retort.graph.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.ExitCode;
import dev.retort.error.RetortException;
import dev.retort.error.UnsupportedModelError;
import dev.retort.error.UserError;
import dev.retort.graph.Model;
import dev.retort.graph.onnx.NodeTests.NodeTest;
import dev.retort.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is no ONNX file gives an error that names the file, never another exception. */
class OnnxReaderTest {
  private static final Path STUDENT =
      Path.of(System.getProperty("retort.root")).resolve("data/models/fashion-student.onnx");

  @TempDir Path folder;

  @Test
  void weightsAreViewsOfTheMappedFile() {
    Model model = OnnxReader.read(STUDENT);
    assertThat(model.graph().initializers().values())
        .filteredOn(tensor -> tensor.byteLength() > 64)
        .isNotEmpty()
        .allSatisfy(
            tensor -> assertThat(((TensorData.Inline) tensor.data()).bytes().isDirect()).isTrue());
  }

  @Test
  void aMissingFileIsAnErrorThatNamesIt() {
    refused(folder.resolve("none.onnx"), "none.onnx: there is no such file; check the path");
    refused(folder, "there is no such file");
  }

  @Test
  void anEmptyFileIsNoModel() throws IOException {
    refused(file(new byte[0]), "it is empty, must be an ONNX model");
  }

  @Test
  void textIsNoModel() throws IOException {
    refused(
        file("name: fashion-mnist\nmodel: x\n".getBytes(StandardCharsets.UTF_8)),
        "it is no ONNX file");
    refused(file(new byte[1000]), "it is no ONNX file");
  }

  @Test
  void aModelWithoutGraphOrOperatorSetIsRefused() throws IOException {
    refused(file(new byte[] {8, 8}), "it has no graph with outputs");
    byte[] model = OnnxWriter.toBytes(OnnxReader.read(STUDENT).withOperatorSets(List.of()));
    refused(file(model), "it states no operator set, so it may be truncated");
  }

  @Test
  void aTruncatedFileIsRefusedWhereverItIsCut() throws IOException {
    byte[] whole = Files.readAllBytes(STUDENT);
    int refused = 0;
    for (int length = 0; length < whole.length; length += whole.length / 199) {
      Path cut = file(Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> OnnxReader.read(cut))
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith("Cannot read model " + cut);
      refused++;
    }
    assertThat(refused).isGreaterThanOrEqualTo(199);
  }

  @Test
  void aSmallModelThatIsCutAnywhereIsRefusedOrStillAModel() {
    for (NodeTest test : NodeTests.suite("simple")) {
      byte[] whole = test.model();
      for (int length = 0; length < whole.length; length++) {
        ByteBuffer cut = ByteBuffer.wrap(whole, 0, length);
        readsOrRefuses(() -> OnnxReader.parse(cut, folder));
      }
    }
  }

  @Test
  void aFileWithAFlippedBitIsRefusedOrStillAModel() throws IOException {
    Random random = new Random(200);
    byte[] whole = Files.readAllBytes(STUDENT);
    List<NodeTest> tests = NodeTests.suite("node");
    int refused = 0;
    for (int i = 0; i < 400; i++) {
      byte[] flipped = i % 2 == 0 ? whole.clone() : tests.get(i).model();
      flipped[random.nextInt(Math.min(flipped.length, 4000))] ^= (byte) (1 << random.nextInt(8));
      Path file = file(flipped);
      refused += readsOrRefuses(() -> OnnxReader.read(file)) ? 0 : 1;
    }
    assertThat(refused).isBetween(50, 350);
  }

  /** Whether the bytes are read; any exception but an expected one fails the test. */
  private static boolean readsOrRefuses(Supplier<Model> read) {
    try {
      assertThat(read.get()).isNotNull();
      return true;
    } catch (UserError | UnsupportedModelError e) {
      assertThat(e.exitCode()).isEqualTo(ExitCode.INPUT);
      assertThat(e).hasMessageStartingWith("Cannot ");
      return false;
    }
  }

  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("model.onnx"), bytes);
  }

  private static void refused(Path file, String message) {
    assertThatThrownBy(() -> OnnxReader.read(file))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot read model " + file)
        .hasMessageContaining(message)
        .extracting(e -> ((RetortException) e).exitCode())
        .isEqualTo(ExitCode.INPUT);
  }
}
