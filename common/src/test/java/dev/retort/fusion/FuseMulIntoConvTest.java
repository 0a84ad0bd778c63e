package dev.retort.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Model;
import dev.retort.tensor.Dims;
import dev.retort.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FuseMulIntoConvTest {
  private static final RuleCheck CHECK = new RuleCheck(new FuseMulIntoConv());
  private static final int CASES = 30;

  @Test
  void weightAndBiasOfEachChannelAreMultiplied() {
    Model fused = CHECK.rewritten(layer(Dims.of(2, 1, 1), 3, -4).output("z").model());

    assertThat(fused.graph().nodes()).hasSize(1);
    assertThat(fused.graph().initializers().get("w").toFloats()).containsExactly(3, 6, -12, -16);
    assertThat(fused.graph().initializers().get("b").toFloats()).containsExactly(15, -24);
  }

  @Test
  void oneFactorServesAllChannels() {
    Model fused = CHECK.rewritten(layer(Dims.scalar(), 2).output("z").model());

    assertThat(fused.graph().initializers().get("w").toFloats()).containsExactly(2, 4, 6, 8);
  }

  @Test
  void saysWhyItDoesNotFire() {
    assertThat(CHECK.refusal(layer(Dims.of(2), 3, -4).output("z")))
        .isEqualTo(
            "the constant is FLOAT32[2], must be FLOAT32 with one value or one for each of 2"
                + " channels");
    assertThat(CHECK.refusal(layer(Dims.of(1, 1, 1, 1, 1), 3).output("z")))
        .startsWith("the constant is FLOAT32[1x1x1x1x1], must be");
    assertThat(CHECK.refusal(layer(Dims.of(2, 1, 1), 3, 4).output("z").output("y")))
        .isEqualTo("the model also returns y");
    assertThat(CHECK.refusal(layer(Dims.of(2, 1, 1), 1e38f, 1e38f).output("z")))
        .isEqualTo("the folded weights would not be finite");
  }

  @Test
  void aFactorThatIsComputedIsNotThePattern() {
    CHECK.isNotThePattern(
        new Graphs()
            .input("x", -1, 2, 2, 2)
            .constant("w", Tensor.ofFloats(Dims.of(2, 2, 1, 1), 1, 2, 3, 4))
            .node("Conv", "x,w", "y")
            .node("Mul", "y,y", "z")
            .output("z"));
  }

  @Test
  void outputsStayWithinTheBoundForRandomLayers() {
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      RandomLayer conv =
          random.nextInt(3) == 0 ? RandomLayer.convTranspose(random) : RandomLayer.conv(random);
      RandomLayer layer = conv.withConstant("Mul", random);
      CHECK.staysWithinBound(layer.graphs().model(), layer.inputs());
    }
  }

  private static Graphs layer(Dims dims, float... factor) {
    return new Graphs()
        .input("x", -1, 2, 2, 2)
        .constant("w", Tensor.ofFloats(Dims.of(2, 2, 1, 1), 1, 2, 3, 4))
        .constant("b", 5, 6)
        .constant("c", Tensor.ofFloats(dims, factor))
        .node("Conv", "x,w,b", "y")
        .node("Mul", "c,y", "z");
  }
}
