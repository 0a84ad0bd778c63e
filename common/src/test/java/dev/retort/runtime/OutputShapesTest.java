package dev.retort.runtime;

import static dev.retort.runtime.SmallModels.N;
import static dev.retort.runtime.SmallModels.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.UnsupportedModelError;
import dev.retort.error.UserError;
import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.tensor.AlignedBuffers;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.SampleBlock;
import dev.retort.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Outputs of all kinds: those that grow with the batch, those that do not, and other types. */
class OutputShapesTest {
  private static final SessionSettings SETTINGS = SessionSettings.standard();

  @TempDir Path folder;

  @Test
  void anOutputThatDoesNotGrowIsGivenWholeForEachBatch() {
    Path file = reduction(1);
    List<String> seen = new ArrayList<>();
    try (OnnxSession session = OnnxSession.open(file, SETTINGS);
        ShardInference inference = new ShardInference(session, 2)) {
      inference.run(
          floats(3, 2, 5, 7, 1),
          (batch, outputs) -> {
            SampleBlock max = outputs.get("max");
            seen.add(
                batch.first() + ":" + max.samples() + max.sampleDims() + max.bytes().getFloat(0));
            assertThat(outputs.get("y").samples()).isEqualTo(batch.samples());
          });
      assertThat(seen).containsExactly("0:1[1x1]3.0", "2:1[1x1]7.0", "4:1[1x1]1.0");
      assertThatThrownBy(() -> inference.collect(floats(3, 2)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("its shape is [1x1] for any batch, must grow with the batch");
      assertThatThrownBy(
              () -> inference.runPerSample(floats(3), (batch, outputs) -> seen.add("run")))
          .hasMessageContaining("must grow with the batch");
      assertThat(seen).hasSize(3);
    }
    try (OnnxSession session = OnnxSession.open(file, SETTINGS);
        ShardInference inference = new ShardInference(session, 2, List.of("y"))) {
      assertThat(inference.collect(floats(3, 2))).containsOnlyKeys("y");
    }
  }

  @Test
  void anOutputThatGrowsInAnotherAxisIsRefused() {
    Path file =
        SmallModels.write(
            folder.resolve("transposed.onnx"),
            "Transpose",
            List.of(value("x", ElementType.FLOAT32, N, Dim.of(3))),
            List.of(value("y", ElementType.FLOAT32, Dim.of(3), N)));
    SampleBlock block =
        new SampleBlock(ElementType.FLOAT32, Dims.of(3), 2, AlignedBuffers.allocate(24));
    try (OnnxSession session = OnnxSession.open(file, SETTINGS);
        ShardInference inference = new ShardInference(session, 2)) {
      assertThatThrownBy(() -> inference.collect(Map.of("x", block)))
          .isInstanceOf(UnsupportedModelError.class)
          .hasMessageContaining(
              "output y is [3x1] for one sample and [3x2] for two, must grow from 1 to 2 in its first axis alone");
    }
  }

  @Test
  void aShapeThatTheModelLeavesOpenIsFoundByARun() {
    Path file =
        SmallModels.write(
            folder.resolve("open.onnx"),
            "Identity",
            List.of(value("x", ElementType.FLOAT32, N, Dim.of("L"))),
            List.of(value("y", ElementType.FLOAT32, Dim.UNKNOWN, Dim.UNKNOWN)));
    try (OnnxSession session = OnnxSession.open(file, SETTINGS);
        ShardInference inference = new ShardInference(session, 2)) {
      for (int length : new int[] {3, 5, 3}) {
        ByteBuffer bytes = AlignedBuffers.allocate(3 * length * Float.BYTES);
        bytes.putFloat(0, length);
        SampleBlock block = new SampleBlock(ElementType.FLOAT32, Dims.of(length), 3, bytes);

        SampleBlock y = inference.collect(Map.of("x", block)).get("y");

        assertThat(y.sampleDims()).isEqualTo(Dims.of(length));
        assertThat(y.bytes()).isEqualTo(block.bytes());
      }
    }
  }

  @Test
  void aModelOfFixedBatchRunsInThatBatchOnly() {
    Path file = fixedBatch(2);
    try (OnnxSession session = OnnxSession.open(file, SETTINGS);
        ShardInference inference = new ShardInference(session, 2)) {
      SampleBlock y = inference.collect(floats(1, 2, 3, 4)).get("y");

      assertThat(Fashion.floats(y)).containsExactly(1, 2, 3, 4);
      assertThat(GeneratedInputs.of(session, Map.of()).trialBatches()).containsExactly(2);
      assertThatThrownBy(() -> inference.collect(floats(1, 2, 3)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("on 1 samples at once: input x is FLOAT32[2, 1]");
      assertThatThrownBy(() -> new ShardInference(session, 4))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("must have a first dimension without fixed size");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64", "FLOAT16", "INT8", "UINT8", "INT32", "INT64", "BOOL"})
  void everyTypeKeepsItsBytes(ElementType type) {
    Path file =
        SmallModels.write(
            folder.resolve(type + ".onnx"),
            "Identity",
            List.of(value("x", type, N, Dim.of(3))),
            List.of(value("y", type, N, Dim.of(3))));
    try (OnnxSession session = OnnxSession.open(file, SETTINGS);
        ShardInference inference = new ShardInference(session, 4)) {
      Map<String, SampleBlock> inputs = GeneratedInputs.of(session, Map.of()).samples(7);

      SampleBlock y = inference.collect(inputs).get("y");

      assertThat(y.type()).isEqualTo(type);
      assertThat(y.bytes()).isEqualTo(inputs.get("x").bytes());
      assertThat(session.run(inputs).get("y").bytes()).isEqualTo(inputs.get("x").bytes());
    }
  }

  @Test
  void typesThatJavaCannotPassAreRefused() {
    Path file =
        SmallModels.write(
            folder.resolve("uint16.onnx"),
            "Identity",
            List.of(value("x", ElementType.UINT16, N)),
            List.of(value("y", ElementType.UINT16, N)));
    try (OnnxSession session = OnnxSession.open(file, SETTINGS);
        ShardInference inference = new ShardInference(session, 1)) {
      Map<String, SampleBlock> inputs = GeneratedInputs.of(session, Map.of()).samples(1);

      assertThatThrownBy(() -> inference.collect(inputs))
          .isInstanceOf(UnsupportedModelError.class)
          .hasMessageContaining("value x is UINT16, must be a float, a signed integer, UINT8 or");
    }
  }

  @Test
  void aScalarThatCountsSomethingIsGivenForEachBatch() {
    Node node = Node.of("node", "SequenceConstruct", List.of("x"), List.of("s"));
    Node length = Node.of("length", "SequenceLength", List.of("s"), List.of("y"));
    Path file =
        SmallModels.write(
            folder.resolve("sequence.onnx"),
            Graph.of(
                "g",
                List.of(node, length),
                Map.of(),
                List.of(value("x", ElementType.FLOAT32, N)),
                List.of(value("y", ElementType.INT64))));
    try (OnnxSession session = OnnxSession.open(file, SETTINGS);
        ShardInference inference = new ShardInference(session, 2)) {
      SampleBlock x =
          new SampleBlock(ElementType.FLOAT32, Dims.scalar(), 2, AlignedBuffers.allocate(8));
      inference.run(
          Map.of("x", x),
          (batch, outputs) -> assertThat(outputs.get("y").bytes().getLong(0)).isEqualTo(1));
    }
  }

  private Path reduction(long length) {
    Map<String, Attribute> keep = Map.of("keepdims", Attribute.of(1L));
    List<ValueInfo> inputs = List.of(value("x", ElementType.FLOAT32, N, Dim.of(length)));
    return SmallModels.write(
        folder.resolve("reduction.onnx"),
        Graph.of(
            "g",
            List.of(
                Node.of("max", "ReduceMax", List.of("x"), List.of("max"), keep),
                Node.of("copy", "Identity", List.of("x"), List.of("y"))),
            Map.of(),
            inputs,
            List.of(
                value("max", ElementType.FLOAT32, Dim.of(1), Dim.of(1)),
                value("y", ElementType.FLOAT32, N, Dim.of(length)))));
  }

  private Path fixedBatch(long batch) {
    return SmallModels.write(
        folder.resolve("fixed.onnx"),
        Graph.of(
            "g",
            List.of(Node.of("add", "Add", List.of("x", "zero"), List.of("y"))),
            Map.of("zero", Tensor.scalar(0f)),
            List.of(value("x", ElementType.FLOAT32, Dim.of(batch), Dim.of(1))),
            List.of(value("y", ElementType.FLOAT32, Dim.of(batch), Dim.of(1)))));
  }

  private static Map<String, SampleBlock> floats(float... values) {
    ByteBuffer bytes = AlignedBuffers.allocate(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    return Map.of("x", new SampleBlock(ElementType.FLOAT32, Dims.of(1), values.length, bytes));
  }
}
