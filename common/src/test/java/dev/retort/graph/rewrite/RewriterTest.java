package dev.retort.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RewriterTest {
  /** Removes the first of two Negs in a row together with the second. */
  private static final Rule CANCEL =
      new Rule() {
        @Override
        public String name() {
          return "Cancel";
        }

        @Override
        public Outcome apply(Node node, RewriteContext context) {
          Optional<Node> first = context.producer(node.input(0), "Neg");
          if (!node.is("Neg") || first.isEmpty()) {
            return Outcome.notHere();
          }
          Optional<String> use = context.otherUse(node.input(0), node);
          if (use.isPresent()) {
            return Outcome.refused(use.get());
          }
          Optional<String> objection = context.bypassObjection(node, first.get().input(0));
          if (objection.isPresent()) {
            return Outcome.refused(objection.get());
          }
          context.bypass(node, first.get().input(0));
          return Outcome.fired("two negations").with("nodes", 2);
        }
      };

  @Test
  void rulesRunUntilNoneFiresAndWhatNothingNeedsIsDropped() {
    Model model =
        model(
            "f",
            neg("a", "x"),
            relu("r", "a"),
            neg("b", "r"),
            neg("c", "b"),
            neg("d", "c"),
            neg("e", "d"),
            relu("f", "e"));

    RewriteResult result = Rewriter.run(model, List.of(CANCEL));

    assertThat(result.model().graph().nodes())
        .extracting(Node::toString)
        .containsExactly("a = Neg(x) [a]", "r = Relu(a) [r]", "f = Relu(r) [f]");
    assertThat(result.fired()).extracting(RuleEvent::node).containsExactly("c", "e");
    assertThat(result.refused()).isEmpty();
  }

  @Test
  void onlyRefusalsThatStandAtTheEndAreKept() {
    Model model = model("c", neg("a", "x"), neg("b", "a"), relu("dead", "a"), relu("c", "b"));
    Rule dropDead = new DropDead();

    RewriteResult kept = Rewriter.run(model, List.of(CANCEL));
    RewriteResult dropped = Rewriter.run(model, List.of(CANCEL, dropDead));

    assertThat(kept.events())
        .containsExactly(
            new RuleEvent("Cancel", "b", "Neg", Outcome.refused("a is also read by dead")));
    assertThat(kept.events().get(0).reason()).isEqualTo("a is also read by dead");
    assertThat(dropped.refused()).isEmpty();
    assertThat(dropped.fired())
        .extracting(event -> event.rule() + " " + event.node() + ": " + event.reason())
        .containsExactly(
            "DropDead dead: nothing reads it",
            "Cancel b: two negations",
            "DropDead a: nothing reads it");
  }

  @Test
  void aTensorThatTheModelReturnsIsAnotherUse() {
    Model model = model("a", neg("a", "x"), neg("b", "a"));

    assertThat(Rewriter.run(model, List.of(CANCEL)).refused())
        .extracting(RuleEvent::reason)
        .containsExactly("the model also returns a");
  }

  @Test
  void aBypassThatIsImpossibleSaysWhy() {
    Node both = Node.of("s", "Split", List.of("x"), List.of("p", "q"));
    Model constant = model("b", neg("a", "k"), neg("b", "a"));
    Model given = model("b", neg("a", "x"), neg("b", "a"));
    Model returned = model("b", relu("r", "x"), neg("a", "r"), neg("b", "a"), both);
    Graph graph = returned.graph();
    Model twice =
        returned.withGraph(
            Graph.of(
                "g", graph.nodes(), Map.of(), graph.inputs(), List.of(value("r"), value("b"))));

    assertThat(reasons(constant))
        .containsExactly("the model returns b, and k is an input or a constant");
    assertThat(reasons(given))
        .containsExactly("the model returns b, and x is an input or a constant");
    assertThat(reasons(twice)).containsExactly("the model returns both b and r");
  }

  @Test
  void equalRunsGiveEqualResults() {
    Model model = model("d", neg("a", "x"), neg("b", "a"), neg("c", "b"), relu("d", "c"));

    assertThat(Rewriter.run(model, List.of(CANCEL)))
        .isEqualTo(Rewriter.run(model, List.of(CANCEL)));
  }

  @Test
  void rulesThatUndoEachOtherAreABug() {
    Rule rename =
        (node, context) -> {
          context.editor().replace(node, node.withAttributes(Map.of()));
          return Outcome.fired("for ever");
        };

    assertThatThrownBy(() -> Rewriter.run(model("a", neg("a", "x")), List.of(rename)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no fixed point after 9 passes")
        .hasMessageContaining("for ever");
  }

  @Test
  void rulesSeeTypesOfInputsAndConstants() {
    Rule probe =
        (node, context) -> {
          assertThat(context.rank("x")).hasValue(2);
          assertThat(context.fixedDims("x")).isEmpty();
          assertThat(context.fixedDims("k")).contains(Dims.of(1, 2));
          assertThat(context.type("k").orElseThrow().elementType()).isEqualTo(ElementType.FLOAT32);
          assertThat(context.rank("unknown")).isEmpty();
          assertThat(context.opset()).isEqualTo(Model.OPSET);
          assertThat(context.constant("k")).isPresent();
          return Outcome.refused("seen");
        };
    Node add = Node.of("", "Add", List.of("x", "k"), List.of("y"));

    RewriteResult result = Rewriter.run(model("y", add), List.of(probe));

    assertThat(result.refused()).extracting(RuleEvent::node).containsExactly("y");
  }

  private static final class DropDead implements Rule {
    @Override
    public Outcome apply(Node node, RewriteContext context) {
      String output = node.output(0);
      if (context.editor().isOutput(output) || !context.editor().consumers(output).isEmpty()) {
        return Outcome.notHere();
      }
      context.editor().remove(node);
      return Outcome.fired("nothing reads it");
    }
  }

  private static List<String> reasons(Model model) {
    return Rewriter.run(model, List.of(CANCEL)).refused().stream().map(RuleEvent::reason).toList();
  }

  private static Model model(String output, Node... nodes) {
    return Model.of(
        Graph.of(
            "g",
            List.of(nodes),
            Map.of("k", Tensor.ofFloats(Dims.of(1, 2), 1, 2)),
            List.of(value("x")),
            List.of(value(output))));
  }

  private static ValueInfo value(String name) {
    return ValueInfo.of(name, ValueType.OfTensor.of(ElementType.FLOAT32, Dim.of("N"), Dim.of(2)));
  }

  private static Node neg(String output, String input) {
    return Node.of(output, "Neg", List.of(input), List.of(output));
  }

  private static Node relu(String output, String input) {
    return Node.of(output, "Relu", List.of(input), List.of(output));
  }
}
