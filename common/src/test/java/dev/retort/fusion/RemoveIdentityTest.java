package dev.retort.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Attribute;
import dev.retort.tensor.ElementType;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RemoveIdentityTest {
  private static final RuleCheck CHECK = new RuleCheck(new RemoveIdentity());
  private static final int CASES = 20;

  @Test
  void readersOfTheResultReadTheInput() {
    assertThat(
            CHECK.nodesAfter(input().node("Identity", "x", "i").node("Relu", "i", "z").output("z")))
        .containsExactly("z = Relu(x) [z]");
  }

  @Test
  void aReturnedResultIsComputedByTheNodeBefore() {
    assertThat(
            CHECK.nodesAfter(
                input()
                    .node("Relu", "x", "r")
                    .node("Identity", "r", "z")
                    .node("Neg", "r", "n")
                    .output("z")
                    .output("n")))
        .containsExactly("z = Relu(x) [r]", "n = Neg(z) [n]");
  }

  @Test
  void aCastToTheSameTypeAndAConcatOfOneGo() {
    long type = ElementType.FLOAT32.number();
    assertThat(
            CHECK.nodesAfter(
                input()
                    .node("Cast", "x", "c", "to", Attribute.of(type))
                    .node("Concat", "c", "d", "axis", Attribute.of(0))
                    .node("Max", "d", "m")
                    .node("Relu", "m", "z")
                    .output("z")))
        .containsExactly("z = Relu(x) [z]");
  }

  @Test
  void saysWhyItDoesNotFire() {
    assertThat(CHECK.refusal(input().node("Identity", "x", "z").output("z")))
        .isEqualTo("the model returns z, and x is an input or a constant");
    assertThat(
            CHECK.refusal(
                input().node("Relu", "x", "y").node("Identity", "y", "z").output("y").output("z")))
        .isEqualTo("the model returns both z and y");
  }

  @Test
  void aCastToAnotherTypeAndAConcatOfTwoAreNotThePattern() {
    CHECK.isNotThePattern(
        input()
            .node("Cast", "x", "c", "to", Attribute.of(ElementType.FLOAT64.number()))
            .node("Concat", "x,x", "d", "axis", Attribute.of(0))
            .output("c", ElementType.FLOAT64)
            .output("d"));
  }

  @Test
  void outputsKeepTheirBitsInRandomChains() {
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      Graphs graphs = input().node("Identity", "x", "t0");
      int length = 1 + random.nextInt(8);
      for (int i = 0; i < length; i++) {
        String[] ops = {"Identity", "Sum", "Relu", "Neg"};
        graphs.node(ops[random.nextInt(ops.length)], "t" + random.nextInt(i + 1), "t" + (i + 1));
      }
      graphs.node("Sigmoid", "t" + length, "last").node("Identity", "last", "z").output("z");
      CHECK.keepsBits(graphs.model(), Map.of("x", RandomLayer.floats(random, 3, 4)));
    }
  }

  private static Graphs input() {
    return new Graphs().input("x", -1, 4);
  }
}
