package dev.retort.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.onnx.FedModel;
import dev.retort.graph.onnx.NodeTests;
import dev.retort.graph.onnx.NodeTests.NodeTest;
import dev.retort.graph.onnx.OnnxReader;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.graph.onnx.ReferenceRuntime;
import dev.retort.plan.Decision;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * ONNX's own tests of each operator: whatever ONNX Runtime loads gives the same bits when fused.
 */
class FusedNodeTest {
  /** Without a seed they differ from run to run. */
  private static final Set<String> RANDOM = Set.of("test_bernoulli", "test_bernoulli_double");

  @Test
  void everyNodeTestGivesTheSameBitsAfterFusion() {
    Map<String, Integer> outcomes = new TreeMap<>();
    List<String> different = new ArrayList<>();
    for (NodeTest test : NodeTests.suite("node")) {
      if (ReferenceRuntime.loads(test.model())) {
        Model model = OnnxReader.parse(ByteBuffer.wrap(test.model()), Path.of("."));
        byte[] fused = OnnxWriter.toBytes(Fusion.apply(model).model());
        Object expected = run(FedModel.feed(test.model(), test.inputs()));
        Object actual = run(FedModel.feed(fused, test.inputs()));
        outcomes.merge(expected.equals(actual) ? "equal" : "different", 1, Integer::sum);
        if (!expected.equals(actual)) {
          different.add(test.name());
        }
      }
    }
    assertThat(different).isEmpty();
    assertThat(outcomes).isEqualTo(Map.of("equal", 910));
  }

  @Test
  void everyNodeTestOfConstantsGivesTheSameBitsWhenFolded() {
    Set<String> folded = new TreeSet<>();
    List<String> different = new ArrayList<>();
    for (NodeTest test : NodeTests.suite("node")) {
      if (ReferenceRuntime.loads(test.model()) && !RANDOM.contains(test.name())) {
        byte[] fed = FedModel.feed(test.model(), test.inputs());
        Model model = ofConstants(OnnxReader.parse(ByteBuffer.wrap(fed), Path.of(".")));
        FusionResult fused = Fusion.apply(model);
        if (fused.plan().decisions().stream().anyMatch(FusedNodeTest::isFolding)) {
          folded.add(opType(model));
        }
        Object expected = run(OnnxWriter.toBytes(model));
        if (!expected.equals(run(OnnxWriter.toBytes(fused.model())))) {
          different.add(test.name());
        }
      }
    }
    assertThat(different).isEmpty();
    assertThat(folded).containsAll(ConstantKernels.opTypes());
  }

  private static boolean isFolding(Decision decision) {
    return decision.reason().equals("FoldConstants: its value is constant");
  }

  private static String opType(Model model) {
    return model.graph().nodes().get(0).opType();
  }

  /** The model with its inputs made constant and its outputs copied, so that they may be folded. */
  private static Model ofConstants(Model model) {
    Graph graph = model.graph();
    List<Node> nodes = new ArrayList<>(graph.nodes());
    List<ValueInfo> outputs = new ArrayList<>();
    for (ValueInfo output : graph.outputs()) {
      String copy = output.name() + "_copy";
      nodes.add(Node.of(copy, "Identity", List.of(output.name()), List.of(copy)));
      outputs.add(output.withName(copy));
    }
    return model.withGraph(
        new Graph(
            graph.name(),
            nodes,
            graph.initializers(),
            graph.requiredInputs(),
            outputs,
            graph.valueInfos(),
            graph.documentation(),
            graph.extras()));
  }

  private static Object run(byte[] model) {
    try {
      return ReferenceRuntime.run(model);
    } catch (OrtException e) {
      throw new AssertionError("ONNX Runtime refuses the model", e);
    }
  }
}
