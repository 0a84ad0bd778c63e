package dev.retort.graph.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import dev.retort.graph.Model;
import dev.retort.graph.onnx.NodeTests.NodeTest;
import dev.retort.provenance.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * ONNX's own backend tests: whatever ONNX Runtime loads gives the same bits after reading,
 * normalising and writing, lifted or not.
 */
class ConformanceTest {
  @Test
  void everyNodeTestThatTheRuntimeLoadsGivesTheSameBitsAfterTheRoundTrip() {
    assertThat(outcomes("node"))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "not loaded",
                22,
                "equal at opset 17",
                886,
                "equal at opset 1",
                11,
                "equal at opset 6",
                12,
                "equal at opset 8",
                1));
  }

  @Test
  void everyOtherBackendTestThatTheRuntimeLoadsGivesTheSameBitsAfterTheRoundTrip() {
    assertThat(outcomes("pytorch-converted"))
        .containsExactlyInAnyOrderEntriesOf(Map.of("not loaded", 23, "equal at opset 6", 57));
    assertThat(outcomes("pytorch-operator"))
        .containsExactlyInAnyOrderEntriesOf(Map.of("not loaded", 11, "equal at opset 6", 23));
    assertThat(outcomes("simple"))
        .containsExactlyInAnyOrderEntriesOf(Map.of("not loaded", 6, "equal at opset 17", 17));
  }

  @Test
  void aModelThatIsOnlyReadAndWrittenIsReadBackEqual() {
    List<NodeTest> tests = NodeTests.all();
    assertThat(tests).hasSize(1069);
    for (NodeTest test : tests) {
      Model model = OnnxReader.parseAsIs(ByteBuffer.wrap(test.model()), Path.of("."));
      ByteBuffer written = ByteBuffer.wrap(OnnxWriter.toBytes(model));
      assertThat(OnnxReader.parseAsIs(written, Path.of("."))).as(test.name()).isEqualTo(model);
    }
  }

  @Test
  void theTestsAreThoseThatTheirReadmeDescribes() throws IOException {
    Path folder =
        Path.of(System.getProperty("retort.root")).resolve("common/src/test/resources/onnx");
    assertThat(Files.readString(folder.resolve("README.md")))
        .contains(Sha256.ofFile(folder.resolve("node-tests.zip")).hex());
  }

  private static Map<String, Integer> outcomes(String suite) {
    Map<String, Integer> outcomes = new TreeMap<>();
    NodeTests.suite(suite).forEach(test -> outcomes.merge(outcome(test), 1, Integer::sum));
    return outcomes;
  }

  private static String outcome(NodeTest test) {
    if (!ReferenceRuntime.loads(test.model())) {
      return "not loaded";
    }
    Model model = OnnxReader.parse(ByteBuffer.wrap(test.model()), Path.of("."));
    boolean equal = run(test, OnnxWriter.toBytes(model)).equals(run(test, test.model()));
    return (equal ? "equal" : "different") + " at opset " + model.opset("");
  }

  private static Map<String, Object> run(NodeTest test, byte[] model) {
    try {
      return ReferenceRuntime.run(FedModel.feed(model, test.inputs()));
    } catch (OrtException e) {
      throw new AssertionError("ONNX Runtime refuses " + test, e);
    }
  }
}
