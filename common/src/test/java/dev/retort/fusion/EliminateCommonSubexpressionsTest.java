package dev.retort.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Attribute;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EliminateCommonSubexpressionsTest {
  private static final RuleCheck CHECK = new RuleCheck(new EliminateCommonSubexpressions());
  private static final int CASES = 30;

  @Test
  void twoAlikeBecomeOneAndThenTheirReaders() {
    assertThat(
            CHECK.nodesAfter(
                input()
                    .node("Relu", "x", "a")
                    .node("Relu", "x", "b")
                    .node("Neg", "a", "c")
                    .node("Neg", "b", "d")
                    .node("Mul", "c,d", "z")
                    .output("z")))
        .containsExactly("a = Relu(x) [a]", "c = Neg(a) [c]", "z = Mul(c, c) [z]");
  }

  @Test
  void constantsOfEqualValueAreTheSameInput() {
    assertThat(
            CHECK.nodesAfter(
                input()
                    .constant("k", 1, 2, 3, 4)
                    .constant("l", 1, 2, 3, 4)
                    .node("Add", "k,x", "a")
                    .node("Add", "l,x", "b")
                    .node("Mul", "a,b", "z")
                    .output("z")))
        .containsExactly("a = Add(k, x) [a]", "z = Mul(a, a) [z]");
  }

  @Test
  void aReturnedResultKeepsItsName() {
    assertThat(
            CHECK.nodesAfter(
                input()
                    .node("Relu", "x", "a")
                    .node("Neg", "a", "c")
                    .node("Relu", "x", "z")
                    .output("z")
                    .output("c")))
        .containsExactly("z = Relu(x) [a]", "c = Neg(z) [c]");
  }

  @Test
  void allOutputsOfANodeAreMerged() {
    assertThat(
            CHECK.nodesAfter(
                input()
                    .longs("s", 1, 3)
                    .node("Split", "x,s", "a,b", "axis", Attribute.of(1))
                    .node("Split", "x,s", "c,d", "axis", Attribute.of(1))
                    .node("Concat", "a,b,c", "z", "axis", Attribute.of(1))
                    .output("z")
                    .output("d")))
        .containsExactly("a, d = Split(x, s) [a]", "z = Concat(a, d, a) [z]");
  }

  @Test
  void saysWhyItDoesNotFire() {
    assertThat(
            CHECK.refusal(
                input().node("Relu", "x", "a").node("Relu", "x", "b").output("a").output("b")))
        .isEqualTo("the model returns both b and a");
  }

  @Test
  void nodesThatDifferOrAreRandomAreNotThePattern() {
    CHECK.isNotThePattern(
        input()
            .constant("k", 1, 2, 3, 4)
            .constant("l", 1, 2, 3, 5)
            .node("Add", "x,k", "a")
            .node("Add", "x,l", "b")
            .node("LeakyRelu", "x", "c", "alpha", Attribute.of(0.5f))
            .node("LeakyRelu", "x", "d", "alpha", Attribute.of(0.25f))
            .node("RandomNormalLike", "x", "e")
            .node("RandomNormalLike", "x", "f")
            .node("Sum", "a,b,c,d,e,f", "z")
            .output("z"));
  }

  @Test
  void outputsKeepTheirBitsInRandomGraphs() {
    String[] ops = {"Relu", "Neg", "Add", "Mul"};
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      Graphs graphs = input().node("Relu", "x", "t0").node("Relu", "x", "t1");
      int nodes = 4 + random.nextInt(16);
      for (int i = 2; i < nodes; i++) {
        String op = ops[random.nextInt(ops.length)];
        String inputs = "t" + random.nextInt(i);
        boolean binary = op.equals("Add") || op.equals("Mul");
        graphs.node(op, binary ? inputs + ",t" + random.nextInt(i) : inputs, "t" + i);
      }
      graphs.output("t" + (nodes - 1)).output("t" + random.nextInt(nodes - 1));
      CHECK.keepsBits(graphs.model(), Map.of("x", RandomLayer.floats(random, 3, 4)));
    }
  }

  private static Graphs input() {
    return new Graphs().input("x", -1, 4);
  }
}
