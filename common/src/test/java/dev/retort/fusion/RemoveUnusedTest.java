package dev.retort.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Attribute;
import dev.retort.graph.rewrite.RewriteResult;
import dev.retort.graph.rewrite.Rewriter;
import dev.retort.graph.rewrite.RuleEvent;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RemoveUnusedTest {
  private static final RuleCheck CHECK = new RuleCheck(new RemoveUnused());
  private static final int CASES = 20;

  @Test
  void aDeadNodeGoesWithWhatOnlyItNeeded() {
    Graphs graphs =
        input()
            .constant("c", 1, 2, 3, 4)
            .node("Relu", "x", "z")
            .node("Add", "z,c", "a")
            .node("Neg", "a", "b")
            .output("z");

    RewriteResult result = Rewriter.run(graphs.model(), List.of(new RemoveUnused()));

    assertThat(result.model().graph().nodes()).hasSize(1);
    assertThat(result.model().graph().initializers()).isEmpty();
    assertThat(result.fired()).extracting(RuleEvent::node).containsExactly("b");
    assertThat(result.fired())
        .extracting(RuleEvent::reason)
        .containsExactly("nothing reads its result");
  }

  @Test
  void aNodeOfWhichOneOutputIsReadStays() {
    CHECK.isNotThePattern(
        input()
            .longs("two", 2, 2)
            .node("Split", "x,two", "a,b", "axis", Attribute.of(1))
            .output("b"));
  }

  @Test
  void outputsKeepTheirBitsInRandomGraphs() {
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      Graphs graphs = input().node("Relu", "x", "t0");
      int nodes = 3 + random.nextInt(10);
      for (int i = 1; i < nodes; i++) {
        graphs.node("Add", "t%d,t%d".formatted(random.nextInt(i), random.nextInt(i)), "t" + i);
      }
      graphs.node("Neg", "t" + random.nextInt(nodes), "dead").output("t" + random.nextInt(nodes));
      CHECK.keepsBits(graphs.model(), Map.of("x", RandomLayer.floats(random, 3, 4)));
    }
  }

  private static Graphs input() {
    return new Graphs().input("x", -1, 4);
  }
}
