package dev.retort.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two models of others: Conv, ConvTranspose, BatchNorm, and the Mul and Add of Paddle's exporter.
 */
@Tag("proof")
class OcrFusionProofTest {
  @TempDir static Path folder;
  private static OcrModels models;

  @BeforeAll
  static void fetch() throws IOException, InterruptedException {
    models = OcrModels.fetch(folder);
  }

  @Test
  void theTextDetectorStaysWithinItsBounds() {
    Model model = models.model("ch_PP-OCRv4_det_infer");

    assertThat(changedLayers(model, 1, 64, 96)).isEqualTo(32);
  }

  @Test
  void theDirectionClassifierStaysWithinItsBounds() {
    Model model = models.model("ch_ppocr_mobile_v2.0_cls_infer");

    assertThat(changedLayers(model, 2, 48, 192)).isEqualTo(35);
  }

  private static int changedLayers(Model model, int images, int height, int width) {
    Model logits = withoutLastNode(model);
    Model fused = Fusion.apply(logits).model();
    assertThat(fused.graph().nodes()).noneMatch(node -> node.is("BatchNormalization"));
    Map<String, Tensor> inputs =
        Map.of("x", RandomLayer.floats(new Random(11), images, 3, height, width));
    RoundingModel.check(logits, inputs, Runs.run(logits, inputs), Runs.run(fused, inputs), 0.1);
    return LayerBounds.check(logits, fused, inputs);
  }

  /**
   * The model up to the Sigmoid or Softmax at its end, which would hide errors where it saturates.
   */
  private static Model withoutLastNode(Model model) {
    Graph graph = model.graph();
    Node last = graph.nodes().get(graph.nodes().size() - 1);
    assertThat(last.output(0)).isEqualTo(graph.outputs().get(0).name());
    ValueInfo logits =
        ValueInfo.of(last.input(0), ValueType.OfTensor.ofUnknownShape(ElementType.FLOAT32));
    return model.withGraph(
        Graph.of(
            graph.name(),
            graph.nodes().subList(0, graph.nodes().size() - 1),
            graph.initializers(),
            graph.inputs(),
            List.of(logits)));
  }
}
