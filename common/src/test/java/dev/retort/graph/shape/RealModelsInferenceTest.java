package dev.retort.graph.shape;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import dev.retort.MiniLm;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.onnx.OnnxReader;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.graph.onnx.ReferenceRuntime;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every tensor of real models, inferred once and computed by ONNX Runtime at several sizes. */
class RealModelsInferenceTest {
  private static final Path MODELS = Path.of(System.getProperty("retort.root"), "data", "models");

  @ParameterizedTest
  @CsvSource({
    "fashion-resnet.onnx, 1", "fashion-resnet.onnx, 5",
    "fashion-student.onnx, 2", "fashion-student.onnx, 7"
  })
  void everyTensorOfTheFashionModelsHasTheInferredShape(String file, long batch)
      throws OrtException {
    agreesInFull(OnnxReader.read(MODELS.resolve(file)), Map.of("N", batch));
  }

  @Test
  void everyTensorOfMiniLmHasTheInferredShape() throws OrtException {
    Model model = OnnxReader.read(MiniLm.model());
    agreesInFull(model, Map.of("batch_size", 2L, "sequence_length", 7L));
    agreesInFull(model, Map.of("batch_size", 3L, "sequence_length", 16L));
  }

  @Test
  void theOracleSeesAWrongShape() {
    Model model = OnnxReader.read(MODELS.resolve("fashion-student.onnx"));
    Map<String, Object> actual = Map.of("logits", Models.zeros(2, 11));
    assertThat(
            InferenceOracle.differences(
                ShapeInference.infer(model),
                actual,
                Map.of("N", 2L),
                new InferenceOracle.Counter()))
        .containsExactly("logits: inferred FLOAT32[N, 10], is FLOAT32[2x11]");
  }

  private static void agreesInFull(Model model, Map<String, Long> sizes) throws OrtException {
    TensorTypes types = ShapeInference.infer(InferenceOracle.withoutStatedTypes(model));
    byte[] observed = OnnxWriter.toBytes(InferenceOracle.withAllOutputs(model));
    Map<String, Object> actual = ReferenceRuntime.run(observed, inputs(model.graph(), sizes));
    InferenceOracle.Counter complete = new InferenceOracle.Counter();
    assertThat(InferenceOracle.differences(types, actual, sizes, complete)).isEmpty();
    assertThat(complete.all).isGreaterThanOrEqualTo(model.graph().nodes().size());
    assertThat(complete.known).isEqualTo(complete.all);
  }

  private static Map<String, Tensor> inputs(Graph graph, Map<String, Long> sizes) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (ValueInfo input : graph.requiredInputs()) {
      Dims dims = TensorFact.of(input.type()).shape().flatMap(s -> s.at(sizes::get)).orElseThrow();
      int count = Math.toIntExact(dims.elementCount());
      boolean integers =
          input.type() instanceof ValueType.OfTensor type
              && type.elementType() == ElementType.INT64;
      inputs.put(
          input.name(),
          integers
              ? Tensor.ofLongs(dims, new long[count])
              : Tensor.ofFloats(dims, new float[count]));
    }
    return inputs;
  }
}
