package dev.retort.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Attribute;
import dev.retort.graph.Model;
import dev.retort.tensor.Dims;
import dev.retort.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FuseBatchNormIntoGemmTest {
  private static final RuleCheck CHECK = new RuleCheck(new FuseBatchNormIntoGemm());
  private static final int CASES = 40;

  @Test
  void theColumnsAreScaledAndBetaGoesIntoTheBias() {
    Model fused = CHECK.rewritten(layer(Dims.of(2)).output("z").model());

    assertThat(fused.graph().nodes()).hasSize(1);
    assertThat(fused.graph().nodes().get(0).attributes())
        .containsOnlyKeys("alpha")
        .containsEntry("alpha", Attribute.of(0.5f));
    assertThat(fused.graph().initializers().get("w").toFloats()).containsExactly(2, 3, 2, 3, 2, 3);
    assertThat(fused.graph().initializers().get("b").toFloats()).containsExactly(6, 18);
  }

  @Test
  void saysWhyItDoesNotFire() {
    assertThat(CHECK.refusal(layer(Dims.of(2, 1)).output("z")))
        .isEqualTo("the bias b is FLOAT32[2x1], must be FLOAT32[2]");
    assertThat(CHECK.refusal(layer(Dims.of(1, 2)).output("z").output("y")))
        .isEqualTo("the model also returns y");
    assertThat(
            CHECK.refusal(
                layer(Dims.of(2))
                    .constant("w", Tensor.ofFloats(Dims.of(6), 1, 1, 1, 1, 1, 1))
                    .output("z")))
        .isEqualTo("the weight w is [6], which no Gemm has");
    assertThat(
            CHECK.refusal(
                layer(Dims.of(2))
                    .constant("w", Tensor.ofLongs(Dims.of(3, 2), 1, 1, 1, 1, 1, 1))
                    .output("z")))
        .isEqualTo("the weight w is INT64[3x2], must be FLOAT32");
  }

  @Test
  void outputsStayWithinTheBoundForRandomLayers() {
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      RandomLayer layer = RandomLayer.gemm(random).withBatchNorm(random);
      CHECK.staysWithinBound(layer.graphs().model(), layer.inputs());
    }
  }

  private static Graphs layer(Dims bias) {
    return new Graphs()
        .input("x", -1, 3)
        .constant("w", Tensor.ofFloats(Dims.of(3, 2), 1, 1, 1, 1, 1, 1))
        .constant("b", Tensor.ofFloats(bias, 1, 2))
        .constant("gamma", 2, 3)
        .constant("zero", 0, 0)
        .constant("one", 1, 1)
        .node("Gemm", "x,w,b", "y", "alpha", Attribute.of(0.5f), "beta", Attribute.of(3f))
        .node("BatchNormalization", "y,gamma,zero,zero,one", "z", "epsilon", Attribute.of(0f));
  }
}
