package dev.retort.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RemoveDropoutTest {
  private static final RuleCheck CHECK = new RuleCheck(new RemoveDropout());
  private static final int CASES = 20;

  @Test
  void readersOfTheResultReadTheInput() {
    assertThat(CHECK.nodesAfter(base("x,ratio", "d").node("Relu", "d", "z").output("z")))
        .containsExactly("z = Relu(x) [z]");
    assertThat(CHECK.nodesAfter(base("x,ratio,no", "d,mask").node("Relu", "d", "z").output("z")))
        .containsExactly("z = Relu(x) [z]");
  }

  @Test
  void saysWhyItDoesNotFire() {
    assertThat(CHECK.refusal(base("x,ratio,yes", "d").node("Relu", "d", "z").output("z")))
        .isEqualTo("it is in training mode");
    assertThat(
            CHECK.refusal(
                base("x,ratio,mode", "d")
                    .input("mode", ElementType.BOOL)
                    .node("Relu", "d", "z")
                    .output("z")))
        .isEqualTo("its training mode mode is not constant");
    assertThat(
            CHECK.refusal(
                base("x", "d,mask")
                    .node("Relu", "d", "z")
                    .output("z")
                    .output("mask", ElementType.BOOL)))
        .isEqualTo("its mask mask is used");
    assertThat(CHECK.refusal(base("x", "d").output("d")))
        .isEqualTo("the model returns d, and x is an input or a constant");
  }

  @Test
  void outputsKeepTheirBitsForRandomRatiosAndShapes() {
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      long[] dims = random.ints(2, 1, 6).asLongStream().toArray();
      Graphs graphs =
          new Graphs()
              .input("x", dims)
              .constant("r", Tensor.scalar(random.nextFloat()))
              .constant("no", Tensor.ofBytes(ElementType.BOOL, Dims.scalar(), (byte) 0))
              .node("Sigmoid", "x", "s")
              .node("Dropout", random.nextBoolean() ? "s,r" : "s,r,no", "d")
              .node("Dropout", "d", "z")
              .output("z");
      CHECK.keepsBits(graphs.model(), Map.of("x", RandomLayer.floats(random, dims)));
    }
  }

  private static Graphs base(String inputs, String outputs) {
    return new Graphs()
        .input("x", -1, 4)
        .constant("ratio", Tensor.scalar(0.5f))
        .constant("yes", Tensor.ofBytes(ElementType.BOOL, Dims.scalar(), (byte) 1))
        .constant("no", Tensor.ofBytes(ElementType.BOOL, Dims.scalar(), (byte) 0))
        .node("Dropout", inputs, outputs);
  }
}
