package dev.retort.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Attribute;
import dev.retort.graph.Model;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RemoveTransposePairTest {
  private static final RuleCheck CHECK = new RuleCheck(new RemoveTransposePair());
  private static final int CASES = 30;

  @Test
  void twoThatUndoEachOtherGo() {
    assertThat(
            CHECK.nodesAfter(
                input()
                    .node("Transpose", "x", "t", "perm", Attribute.ofInts(1, 2, 0))
                    .node("Transpose", "t", "u", "perm", Attribute.ofInts(2, 0, 1))
                    .node("Relu", "u", "z")
                    .output("z")))
        .containsExactly("z = Relu(x) [z]");
  }

  @Test
  void twoInARowBecomeOneAndTheFirstStaysForOthers() {
    Model model =
        CHECK.rewritten(
            input()
                .node("Transpose", "x", "t", "perm", Attribute.ofInts(1, 2, 0))
                .node("Transpose", "t", "z")
                .node("Relu", "t", "r")
                .output("z")
                .output("r")
                .model());

    assertThat(model.graph().nodes())
        .extracting(Object::toString)
        .containsExactly("t = Transpose(x) [t]", "z = Transpose(x) [z]", "r = Relu(t) [r]");
    assertThat(model.graph().nodes().get(1).intsAttribute("perm", List.of()))
        .containsExactly(0L, 2L, 1L);
  }

  @Test
  void oneThatKeepsTheOrderGoes() {
    assertThat(
            CHECK.nodesAfter(
                input()
                    .node("Relu", "x", "r")
                    .node("Transpose", "r", "z", "perm", Attribute.ofInts(0, 1, 2))
                    .output("z")))
        .containsExactly("z = Relu(x) [r]");
  }

  @Test
  void saysWhyItDoesNotFire() {
    assertThat(
            CHECK.refusal(
                input().node("Transpose", "x", "t").node("Transpose", "t", "z").output("z")))
        .isEqualTo("the model returns z, and x is an input or a constant");
    assertThat(
            CHECK.refusal(
                new Graphs()
                    .inputOfUnknownShape("x")
                    .node("Transpose", "x", "t")
                    .node("Transpose", "t", "u")
                    .node("Relu", "u", "z")
                    .output("z")))
        .isEqualTo("the rank of t is not known");
  }

  @Test
  void aSingleTransposeIsNotThePattern() {
    CHECK.isNotThePattern(input().node("Transpose", "x", "z").output("z"));
  }

  @Test
  void outputsKeepTheirBitsForRandomPermutations() {
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      int rank = 1 + random.nextInt(5);
      long[] dims = random.ints(rank, 1, 4).asLongStream().toArray();
      Graphs graphs = new Graphs().input("x", dims).node("Relu", "x", "t0");
      int length = 2 + random.nextInt(4);
      for (int i = 0; i < length; i++) {
        List<Long> perm = new ArrayList<>(LongStream.range(0, rank).boxed().toList());
        Collections.shuffle(perm, random);
        String to = "t" + (i + 1);
        if (random.nextInt(4) == 0) {
          graphs.node("Transpose", "t" + i, to);
        } else {
          graphs.node("Transpose", "t" + i, to, "perm", new Attribute.Ints(perm));
        }
      }
      graphs.node("Neg", "t" + length, "z").output("z");
      CHECK.keepsBits(graphs.model(), Map.of("x", RandomLayer.floats(random, dims)));
    }
  }

  private static Graphs input() {
    return new Graphs().input("x", -1, 2, 3);
  }
}
