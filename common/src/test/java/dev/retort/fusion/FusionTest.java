package dev.retort.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.onnx.OnnxReader;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.plan.Decision;
import dev.retort.tensor.Dims;
import dev.retort.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class FusionTest {
  private static final int IMAGES = 16;
  private static final int PIXELS = 28 * 28;

  @Test
  void everyBatchNormOfTheResnetGoes() {
    Model model = fashion("fashion-resnet");

    FusionResult result = Fusion.apply(model);

    assertThat(operators(model)).containsEntry("BatchNormalization", 15L);
    assertThat(operators(result.model()))
        .isEqualTo(
            Map.of(
                "Add",
                6L,
                "Conv",
                15L,
                "Flatten",
                1L,
                "Gemm",
                1L,
                "GlobalAveragePool",
                1L,
                "Relu",
                13L));
    assertThat(result.model().graph().inputs()).isEqualTo(model.graph().inputs());
    assertThat(result.model().graph().outputs()).isEqualTo(model.graph().outputs());
  }

  @Test
  void theResnetsLayersAndLogitsStayWithinTheirBounds() {
    assertThat(checkedLayers(fashion("fashion-resnet"))).isEqualTo(15);
  }

  @Test
  void theStudentsLayersAndLogitsStayWithinTheirBounds() {
    Model model = fashion("fashion-student");

    assertThat(checkedLayers(model)).isEqualTo(3);
    assertThat(operators(Fusion.apply(model).model())).doesNotContainKey("BatchNormalization");
  }

  @Test
  void thePlanHasOneDecisionForEachRuleThatFired() {
    FusionResult result = Fusion.apply(fashion("fashion-resnet"));

    assertThat(result.plan().step()).isEqualTo("fuse");
    assertThat(result.plan().settings().get("rules"))
        .startsWith("RemoveUnused, FoldConstants, ")
        .endsWith(", FuseAddIntoConv");
    assertThat(result.plan().decisions())
        .hasSize(15)
        .extracting(Decision::action)
        .containsOnly("fuse");
    Decision first = result.plan().decisions().get(0);
    assertThat(first.target()).isEqualTo("/bn/BatchNormalization");
    assertThat(first.reason())
        .isEqualTo(
            "FuseBatchNormIntoConv: /bn/BatchNormalization is folded into the weights of"
                + " /stem/Conv");
    assertThat(first.numbers()).containsEntry("channels", 32.0).containsKey("largestScale");
  }

  @Test
  void aRefusalIsADecisionToKeep() {
    Model model =
        new Graphs()
            .input("x", -1, 1, 2, 2)
            .constant("w", Tensor.ofFloats(Dims.of(1, 1, 1, 1), 2))
            .constant("c", Tensor.scalar(3f))
            .node("Conv", "x,w", "y")
            .node("Add", "y,c", "z")
            .output("y")
            .output("z")
            .model();

    FusionResult result = Fusion.apply(model);

    assertThat(result.plan().decisions())
        .containsExactly(Decision.of("z", "keep", "FuseAddIntoConv: the model also returns y"));
    assertThat(result.model().graph().nodes()).isEqualTo(model.graph().nodes());
  }

  @Test
  void fusingTwiceChangesNothingMoreAndGivesEqualBytes() {
    Model model = fashion("fashion-student");
    Model once = Fusion.apply(model).model();

    assertThat(OnnxWriter.toBytes(Fusion.apply(model).model())).isEqualTo(OnnxWriter.toBytes(once));
    assertThat(Fusion.apply(once).plan().decisions()).isEmpty();
    assertThat(Fusion.apply(once).model()).isEqualTo(once);
  }

  @Test
  void decisionsStandInTheOrderOfTheModelsNodes() {
    Model model = fashion("fashion-resnet");
    List<String> order = model.graph().nodes().stream().map(Node::name).toList();

    assertThat(Fusion.apply(model).plan().decisions())
        .extracting(decision -> order.indexOf(decision.target()))
        .isSorted();
  }

  private static int checkedLayers(Model model) {
    Model fused = Fusion.apply(model).model();
    Map<String, Tensor> images = images();
    RoundingModel.check(model, images, Runs.run(model, images), Runs.run(fused, images), 1e-3);
    return LayerBounds.check(model, fused, images);
  }

  /** Half noise, half two grey levels on black: the value range and the contrast of the data. */
  private static Map<String, Tensor> images() {
    Random random = new Random(4);
    float[] pixels = new float[IMAGES * PIXELS];
    for (int i = 0; i < pixels.length; i++) {
      boolean inside = i % 28 > 6 && i % 28 < 21 && i % PIXELS > 100 && i % PIXELS < 700;
      pixels[i] = i / PIXELS % 2 == 0 ? random.nextFloat() : inside ? 0.4f + 0.5f * (i % 2) : 0;
    }
    return Map.of("image", Tensor.ofFloats(Dims.of(IMAGES, 1, 28, 28), pixels));
  }

  private static Map<String, Long> operators(Model model) {
    return model.graph().nodes().stream()
        .collect(Collectors.groupingBy(Node::opType, TreeMap::new, Collectors.counting()));
  }

  private static Model fashion(String name) {
    return OnnxReader.read(
        Path.of(System.getProperty("retort.root"), "data", "models", name + ".onnx"));
  }
}
