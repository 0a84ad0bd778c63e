package dev.retort.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Model;
import dev.retort.graph.shape.ModelCheck;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReplaceSquareWithMulTest {
  private static final RuleCheck CHECK = new RuleCheck(new ReplaceSquareWithMul());

  @Test
  void aSquareBecomesAProduct() {
    assertThat(CHECK.nodesAfter(square(Tensor.scalar(2f)))).containsExactly("y = Mul(x, x) [y]");
    assertThat(CHECK.nodesAfter(square(Tensor.scalar(2L)))).containsExactly("y = Mul(x, x) [y]");
  }

  @Test
  void outputsKeepTheirBits() {
    Model model = square(Tensor.scalar(2f)).model();
    Random random = new Random(3);

    ModelCheck.check(CHECK.rewritten(model));
    CHECK.keepsBits(model, Map.of("x", RandomLayer.floats(random, 300, 4)));
  }

  @Test
  void otherPowersAreNotThePattern() {
    CHECK.isNotThePattern(square(Tensor.scalar(3f)));
    CHECK.isNotThePattern(
        new Graphs()
            .input("x", -1, 4)
            .constant("p", 2, 2, 2, 2)
            .node("Pow", "x,p", "y")
            .output("y"));
    CHECK.isNotThePattern(
        new Graphs().input("x", -1, 4).input("p", 1).node("Pow", "x,p", "y").output("y"));
  }

  @Test
  void integersAreLeftAsTheyAre() {
    assertThat(
            CHECK.refusal(
                new Graphs()
                    .input("x", ElementType.INT64, -1)
                    .constant("p", Tensor.scalar(2f))
                    .node("Pow", "x,p", "y")
                    .output("y", ElementType.INT64)))
        .isEqualTo("x has type INT64, must be FLOAT32 or FLOAT64");
  }

  private static Graphs square(Tensor power) {
    return new Graphs().input("x", -1, 4).constant("p", power).node("Pow", "x,p", "y").output("y");
  }
}
