package dev.retort.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.rewrite.RewriteResult;
import dev.retort.graph.rewrite.Rewriter;
import dev.retort.graph.rewrite.Rule;
import dev.retort.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** What the tests of one rule ask of it. */
record RuleCheck(Rule rule) {
  /** The nodes after the rule fired at least once, printed. */
  List<String> nodesAfter(Graphs graphs) {
    return rewritten(graphs.model()).graph().nodes().stream().map(Node::toString).toList();
  }

  /** The model after the rule fired at least once. */
  Model rewritten(Model model) {
    RewriteResult result = Rewriter.run(model, List.of(rule));
    assertThat(result.fired()).as("the rule fires").isNotEmpty();
    return result.model();
  }

  /** Why the rule refuses at its one match; the model must stay as it is. */
  String refusal(Graphs graphs) {
    Model model = graphs.model();
    RewriteResult result = Rewriter.run(model, List.of(rule));
    assertThat(result.fired()).as("the rule does not fire").isEmpty();
    assertThat(result.refused()).hasSize(1);
    assertThat(result.model().graph().nodes()).isEqualTo(model.graph().nodes());
    return result.refused().get(0).reason();
  }

  /** Asserts that nothing of the pattern is found. */
  void isNotThePattern(Graphs graphs) {
    assertThat(Rewriter.run(graphs.model(), List.of(rule)).events()).isEmpty();
  }

  /** Asserts that the rule fires and that outputs keep their bits in ONNX Runtime. */
  void keepsBits(Model model, Map<String, Tensor> inputs) {
    Map<String, Tensor> expected = Runs.run(model, inputs);
    Map<String, Tensor> actual = Runs.run(rewritten(model), inputs);
    assertThat(actual).isEqualTo(expected);
  }

  /** Asserts that the rule fires and that outputs stay within {@link RoundingBound}. */
  void staysWithinBound(Model model, Map<String, Tensor> inputs) {
    Map<String, Tensor> expected = Runs.run(model, inputs);
    Map<String, Tensor> actual = Runs.run(rewritten(model), inputs);
    RoundingBound.of(model, inputs).check(expected, actual);
  }
}
