package dev.retort.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Attribute;
import dev.retort.graph.Model;
import dev.retort.tensor.Dims;
import dev.retort.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FuseBatchNormIntoConvTransposeTest {
  private static final RuleCheck CHECK = new RuleCheck(new FuseBatchNormIntoConvTranspose());
  private static final int CASES = 30;

  @Test
  void theOutputChannelIsTheSecondAxisWithinTheGroup() {
    Model fused = CHECK.rewritten(layer(2).output("z").model());

    assertThat(fused.graph().nodes()).hasSize(1);
    assertThat(fused.graph().initializers().get("w").toFloats())
        .containsExactly(1, 2, 1, 2, 3, 4, 3, 4);
    assertThat(fused.graph().initializers().get("b").toFloats()).containsExactly(1, 2, 3, 4);
  }

  @Test
  void saysWhyItDoesNotFire() {
    assertThat(CHECK.refusal(layer(2).output("z").output("y")))
        .isEqualTo("the model also returns y");
    assertThat(CHECK.refusal(layer(1).output("z")))
        .isEqualTo("the bias b is FLOAT32[4], must be FLOAT32[2]");
    assertThat(CHECK.refusal(layer(3).output("z")))
        .isEqualTo("the weight w is [4x2x1], which no ConvTranspose has");
    assertThat(CHECK.refusal(layer(2).output("z").node("ConvTranspose", "x,w", "v").output("v")))
        .isEqualTo("the weight w is shared with another node");
  }

  @Test
  void outputsStayWithinTheBoundForRandomLayers() {
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      RandomLayer layer = RandomLayer.convTranspose(random).withBatchNorm(random);
      CHECK.staysWithinBound(layer.graphs().model(), layer.inputs());
    }
  }

  private static Graphs layer(int group) {
    return new Graphs()
        .input("x", -1, 4, 5)
        .constant("w", Tensor.ofFloats(Dims.of(4, 2, 1), 1, 1, 1, 1, 1, 1, 1, 1))
        .constant("b", 1, 1, 1, 1)
        .constant("gamma", 1, 2, 3, 4)
        .constant("zero", 0, 0, 0, 0)
        .constant("one", 1, 1, 1, 1)
        .node("ConvTranspose", "x,w,b", "y", "group", Attribute.of(group))
        .node("BatchNormalization", "y,gamma,zero,zero,one", "z", "epsilon", Attribute.of(0f));
  }
}
