package dev.retort.graph.shape;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import dev.retort.error.RetortException;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.onnx.FedModel;
import dev.retort.graph.onnx.NodeTests;
import dev.retort.graph.onnx.NodeTests.NodeTest;
import dev.retort.graph.onnx.OnnxReader;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.graph.onnx.ReferenceRuntime;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** ONNX's own tests of every operator: none is refused, and ONNX Runtime computes what we infer. */
class NodeTestsInferenceTest {
  @Test
  void noModelThatOnnxRuntimeLoadsIsRefused() {
    Map<String, String> refused = new LinkedHashMap<>();
    int loaded = 0;
    for (NodeTest test : NodeTests.all()) {
      if (ReferenceRuntime.loads(test.model())) {
        loaded++;
        refusal(OnnxReader.parse(ByteBuffer.wrap(test.model()), Path.of(".")))
            .forEach(message -> refused.put(test.toString(), message));
      }
    }
    assertThat(refused).isEmpty();
    assertThat(loaded).isGreaterThanOrEqualTo(1000);
  }

  @Test
  void everyTensorHasTheInferredTypeWhetherInputsAreGivenOrConstant() {
    List<String> wrong = new ArrayList<>();
    InferenceOracle.Counter asInputs = new InferenceOracle.Counter();
    InferenceOracle.Counter asConstants = new InferenceOracle.Counter();
    for (NodeTest test : NodeTests.all()) {
      if (ReferenceRuntime.loads(test.model())) {
        Model model = OnnxReader.parse(ByteBuffer.wrap(test.model()), Path.of("."));
        byte[] observed = OnnxWriter.toBytes(InferenceOracle.withAllOutputs(model));
        byte[] fed = FedModel.feed(observed, test.inputs());
        Model constant = withoutDefaults(OnnxReader.parse(ByteBuffer.wrap(fed), Path.of(".")));
        refusal(constant).forEach(message -> wrong.add(test + ": " + message));
        Map<String, Object> actual = run(fed);
        compare(model, actual, asInputs).forEach(d -> wrong.add(test + ": " + d));
        compare(constant, actual, asConstants).forEach(d -> wrong.add(test + ": " + d));
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(asConstants.all).isGreaterThan(2000);
    assertThat(asInputs.unknown()).isLessThanOrEqualTo(226);
    assertThat(asConstants.unknown()).isLessThanOrEqualTo(123);
  }

  private static List<String> refusal(Model model) {
    try {
      ModelCheck.check(model);
      return List.of();
    } catch (RetortException refusal) {
      return List.of(refusal.getMessage());
    }
  }

  private static List<String> compare(
      Model model, Map<String, Object> actual, InferenceOracle.Counter counter) {
    TensorTypes types = ShapeInference.infer(InferenceOracle.withoutStatedTypes(model));
    return InferenceOracle.differences(types, actual, Map.of(), counter);
  }

  /** The tensors by name; none when ONNX Runtime loads the model but cannot run it. */
  private static Map<String, Object> run(byte[] model) {
    try {
      return ReferenceRuntime.run(model);
    } catch (OrtException e) {
      return Map.of();
    }
  }

  private static Model withoutDefaults(Model model) {
    Graph graph = model.graph();
    return model.withGraph(
        new Graph(
            graph.name(),
            graph.nodes(),
            graph.initializers(),
            graph.requiredInputs(),
            graph.outputs(),
            graph.valueInfos(),
            graph.documentation(),
            graph.extras()));
  }
}
