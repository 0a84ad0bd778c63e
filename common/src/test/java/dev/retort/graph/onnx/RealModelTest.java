package dev.retort.graph.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import dev.retort.MiniLm;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.tensor.Dims;
import dev.retort.tensor.Tensor;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The text encoder all-MiniLM-L6-v2 of opset 11, whose weights are 90 MB. */
class RealModelTest {
  @TempDir Path folder;

  @Test
  void aTransformerOfOpset11IsLiftedAndGivesTheSameBits() throws OrtException {
    Path file = MiniLm.model();
    Model model = OnnxReader.read(file);
    Path written = folder.resolve("written.onnx");
    OnnxWriter.write(model, written);
    assertThat(model.opset("")).isEqualTo(17);
    assertThat(model.graph().nodes())
        .extracting(Node::opType)
        .doesNotContain("Constant", "Flatten", "CastLike");
    Map<String, Tensor> inputs =
        Map.of(
            "input_ids", Tensor.ofLongs(Dims.of(2, 4), 101, 7592, 2088, 102, 101, 7592, 102, 0),
            "attention_mask", Tensor.ofLongs(Dims.of(2, 4), 1, 1, 1, 1, 1, 1, 1, 0),
            "token_type_ids", Tensor.ofLongs(Dims.of(2, 4), new long[8]));
    assertThat(ReferenceRuntime.run(written, inputs)).isEqualTo(ReferenceRuntime.run(file, inputs));
  }
}
