package dev.retort.graph.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import dev.retort.graph.Model;
import dev.retort.graph.onnx.NodeTests.NodeTest;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ConformanceTest {
  @Test
  void probe() {
    Map<String, List<String>> results = new TreeMap<>();
    for (NodeTest test : NodeTests.all()) {
      results
          .computeIfAbsent(test.suite() + ": " + outcome(test), k -> new ArrayList<>())
          .add(test.name());
    }
    results.forEach(
        (k, v) ->
            System.out.println("@@ " + k + " " + v.size() + (k.contains("equal") ? "" : " " + v)));
    assertThat(results).isNotEmpty();
  }

  private static String outcome(NodeTest test) {
    if (!ReferenceRuntime.loads(test.model())) {
      return "not loaded";
    }
    Map<String, Object> expected;
    try {
      expected = ReferenceRuntime.run(FedModel.feed(test.model(), test.inputs()));
    } catch (OrtException e) {
      return "not run " + e.getMessage();
    }
    Model model;
    try {
      model = OnnxReader.parse(ByteBuffer.wrap(test.model()), Path.of("."));
    } catch (RuntimeException e) {
      return "not parsed " + e;
    }
    try {
      Map<String, Object> actual =
          ReferenceRuntime.run(FedModel.feed(OnnxWriter.toBytes(model), test.inputs()));
      return actual.equals(expected) ? "equal " + model.opset("") : "different";
    } catch (OrtException e) {
      return "fails after " + e.getMessage();
    }
  }
}
