package dev.retort.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Model;
import dev.retort.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
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
    Model logits = OcrModels.withoutLastNode(model);
    Model fused = Fusion.apply(logits).model();
    assertThat(fused.graph().nodes()).noneMatch(node -> node.is("BatchNormalization"));
    Map<String, Tensor> inputs =
        Map.of("x", RandomLayer.floats(new Random(11), images, 3, height, width));
    RoundingModel.check(logits, inputs, Runs.run(logits, inputs), Runs.run(fused, inputs), 0.1);
    return LayerBounds.check(logits, fused, inputs);
  }
}
