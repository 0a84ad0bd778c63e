package dev.retort.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Model;
import dev.retort.tensor.Dims;
import dev.retort.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FuseAddIntoConvTest {
  private static final RuleCheck CHECK = new RuleCheck(new FuseAddIntoConv());
  private static final int CASES = 30;

  @Test
  void theConstantGoesIntoTheBias() {
    Model fused = CHECK.rewritten(layer("x,w,b", Dims.of(1, 2, 1, 1), 3, -4).output("z").model());

    assertThat(fused.graph().nodes()).hasSize(1);
    assertThat(fused.graph().initializers().get("w").toFloats()).containsExactly(1, 2, 3, 4);
    assertThat(fused.graph().initializers().get("b").toFloats()).containsExactly(8, 2);
  }

  @Test
  void aBiasThatAnotherNodeReadsStaysForIt() {
    Graphs graphs =
        layer("x,w,b", Dims.of(2, 1, 1), 3, -4).node("Neg", "b", "n").output("z").output("n");

    Model fused = CHECK.rewritten(graphs.model());

    assertThat(fused.graph().initializers().get("b").toFloats()).containsExactly(5, 6);
    assertThat(fused.graph().initializers().get("b_1").toFloats()).containsExactly(8, 2);
  }

  @Test
  void saysWhyItDoesNotFire() {
    assertThat(CHECK.refusal(layer("x,w", Dims.of(2), 3, -4).output("z")))
        .startsWith("the constant is FLOAT32[2], must be FLOAT32 with one value");
    assertThat(
            CHECK.refusal(
                layer("x,w", Dims.of(1), 3).node("Relu", "y", "r").output("z").output("r")))
        .isEqualTo("y is also read by r");
    assertThat(CHECK.refusal(layer("x,v", Dims.of(1), 3).input("v", 2, 2, 1, 1).output("z")))
        .isEqualTo("the weight v is not constant");
  }

  @Test
  void aResidualConnectionIsNotThePattern() {
    CHECK.isNotThePattern(
        new Graphs()
            .input("x", -1, 2, 2, 2)
            .constant("w", Tensor.ofFloats(Dims.of(2, 2, 1, 1), 1, 2, 3, 4))
            .node("Conv", "x,w", "y")
            .node("Add", "y,x", "z")
            .output("z"));
  }

  @Test
  void outputsStayWithinTheBoundForRandomLayers() {
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      RandomLayer conv =
          random.nextInt(3) == 0 ? RandomLayer.convTranspose(random) : RandomLayer.conv(random);
      RandomLayer layer = conv.withConstant("Add", random);
      CHECK.staysWithinBound(layer.graphs().model(), layer.inputs());
    }
  }

  private static Graphs layer(String inputs, Dims dims, float... summand) {
    return new Graphs()
        .input("x", -1, 2, 2, 2)
        .constant("w", Tensor.ofFloats(Dims.of(2, 2, 1, 1), 1, 2, 3, 4))
        .constant("b", 5, 6)
        .constant("c", Tensor.ofFloats(dims, summand))
        .node("Conv", inputs, "y")
        .node("Add", "y,c", "z");
  }
}
