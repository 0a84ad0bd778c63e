package dev.retort.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.ExitCode;
import dev.retort.error.InfrastructureError;
import dev.retort.error.RetortException;
import dev.retort.error.UserError;
import dev.retort.graph.Dim;
import dev.retort.tensor.AlignedBuffers;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.SampleBlock;
import dev.retort.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxSessionTest {
  private static final SessionSettings SETTINGS = SessionSettings.standard();
  private static final long MEGABYTE = 1 << 20;

  @TempDir Path folder;

  @Test
  void portsSayNameTypeAndDimensions() {
    try (OnnxSession session = OnnxSession.open(Fashion.RESNET, SETTINGS)) {
      assertThat(session.inputs())
          .containsExactly(
              new TensorPort(
                  "image",
                  ElementType.FLOAT32,
                  List.of(Dim.of("N"), Dim.of(1), Dim.of(28), Dim.of(28))));
      assertThat(session.outputs())
          .containsExactly(
              new TensorPort("logits", ElementType.FLOAT32, List.of(Dim.of("N"), Dim.of(10))));
      assertThat(session.settings()).isEqualTo(SETTINGS);
    }
  }

  @Test
  void aRunCopiesAllOutputs() {
    try (OnnxSession session = OnnxSession.open(Fashion.STUDENT, SETTINGS)) {
      Map<String, Tensor> outputs = session.run(Fashion.images(3));

      assertThat(outputs).containsOnlyKeys("logits");
      assertThat(outputs.get("logits").type()).isEqualTo(ElementType.FLOAT32);
      assertThat(outputs.get("logits").dims()).isEqualTo(Dims.of(3, 10));
      assertThat(session.run(Fashion.images(3))).isEqualTo(outputs);
    }
  }

  @Test
  void severalThreadsGiveTheSameShapes() {
    SessionSettings settings = SETTINGS.withThreads(2);
    try (OnnxSession session = OnnxSession.open(Fashion.STUDENT, settings)) {
      assertThat(session.run(Fashion.images(2)).get("logits").dims()).isEqualTo(Dims.of(2, 10));
    }
  }

  @Test
  void anAbsentFileIsAnInputError() {
    assertThatThrownBy(() -> OnnxSession.open(folder.resolve("none.onnx"), SETTINGS))
        .isInstanceOfSatisfying(
            UserError.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.INPUT))
        .hasMessageContaining("none.onnx: there is no such readable file");
  }

  @Test
  void aTruncatedModelIsAnInputError() throws IOException {
    byte[] bytes = Files.readAllBytes(Fashion.STUDENT);
    Path truncated = Files.write(folder.resolve("half.onnx"), Arrays.copyOf(bytes, 40_000));

    assertThatThrownBy(() -> OnnxSession.open(truncated, SETTINGS))
        .isInstanceOfSatisfying(
            UserError.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.INPUT))
        .hasMessageStartingWith("Cannot load model " + truncated + ": ONNX Runtime says");
  }

  @Test
  void anOperatorWithoutKernelIsAnUnsupportedModel() {
    Path file =
        SmallModels.write(
            folder.resolve("not.onnx"),
            "BitShift",
            List.of(
                SmallModels.value("x", ElementType.UINT16, SmallModels.N),
                SmallModels.value("z", ElementType.UINT16, SmallModels.N)),
            List.of(SmallModels.value("y", ElementType.UINT16, SmallModels.N)));

    assertThatThrownBy(() -> OnnxSession.open(file, SETTINGS))
        .isInstanceOfSatisfying(
            RetortException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.INPUT))
        .hasMessageContaining("ONNX Runtime says");
  }

  @Test
  void wantOfMemoryIsNoFaultOfTheModel() {
    Path file = SmallModels.expanding(folder.resolve("greedy.onnx"), 1L << 42);
    SampleBlock x = new SampleBlock(ElementType.FLOAT32, Dims.of(1), 1, AlignedBuffers.allocate(4));
    try (OnnxSession session = OnnxSession.open(file, SETTINGS)) {
      assertThatThrownBy(() -> session.run(Map.of("x", x)))
          .isInstanceOf(InfrastructureError.class)
          .hasMessageContaining("give the process more memory, or a smaller batch");
    }
  }

  @Test
  void settingsWithoutThreadsAreRefused() {
    assertThatThrownBy(() -> SETTINGS.withThreads(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("threads is 0, must be 1 or more");
  }

  @Test
  void openingAndClosingLeavesMemoryFlat() {
    cycles(20);
    long before = ResidentMemory.ofThisProcess().nowBytes();
    cycles(100);
    long growth = ResidentMemory.ofThisProcess().nowBytes() - before;

    // One resnet session holds 10 MB or more: a leak of 100 would be a gigabyte.
    assertThat(growth).isLessThan(64 * MEGABYTE);
  }

  private static void cycles(int count) {
    for (int i = 0; i < count; i++) {
      try (OnnxSession session = OnnxSession.open(Fashion.RESNET, SETTINGS)) {
        assertThat(session.run(Fashion.images(2))).hasSize(1);
      }
    }
  }
}
