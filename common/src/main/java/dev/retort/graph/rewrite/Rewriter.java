package dev.retort.graph.rewrite;

import dev.retort.graph.GraphEditor;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.shape.ShapeInference;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs an ordered list of rules over the top-level graph until none fires: in each pass every rule
 * looks at every node, rules in the order of the list, nodes in topological order. Equal models and
 * lists give equal results.
 *
 * <p>Nodes and constants that nothing needs any more are dropped at the end. Sub-graphs and
 * functions stay as they are.
 */
public final class Rewriter {
  /** Passes beyond the number of nodes: a rule that makes progress consumes a node or a name. */
  private static final int SPARE_PASSES = 8;

  private final GraphEditor editor;
  private final List<Rule> rules;
  private final List<RuleEvent> fired = new ArrayList<>();

  private Rewriter(GraphEditor editor, List<Rule> rules) {
    this.editor = editor;
    this.rules = List.copyOf(rules);
  }

  /**
   * Rewrites {@code model} to the fixed point of {@code rules}.
   *
   * @throws IllegalStateException if the rules undo each other without end, or break the graph
   */
  public static RewriteResult run(Model model, List<Rule> rules) {
    Rewriter rewriter = new Rewriter(GraphEditor.of(model), rules);
    List<RuleEvent> refusals = rewriter.toFixedPoint(model.graph().nodes().size() + SPARE_PASSES);
    rewriter.editor.removeUnused();
    List<RuleEvent> events = new ArrayList<>(rewriter.fired);
    events.addAll(refusals);
    return new RewriteResult(rewriter.editor.build(), events);
  }

  private List<RuleEvent> toFixedPoint(int passes) {
    for (int pass = 0; pass < passes; pass++) {
      int before = fired.size();
      List<RuleEvent> refusals = pass();
      if (fired.size() == before) {
        return refusals;
      }
    }
    throw new IllegalStateException(
        "no fixed point after %d passes; the last rule that fired is %s"
            .formatted(passes, fired.get(fired.size() - 1)));
  }

  private List<RuleEvent> pass() {
    RewriteContext context =
        new RewriteContext(editor, ShapeInference.inferFromInputs(editor.build()));
    List<RuleEvent> refusals = new ArrayList<>();
    for (Rule rule : rules) {
      for (Node node : editor.nodes()) {
        if (editor.contains(node)) {
          record(rule, node, rule.apply(node, context), refusals);
        }
      }
    }
    return refusals;
  }

  private void record(Rule rule, Node node, Outcome outcome, List<RuleEvent> refusals) {
    RuleEvent event =
        new RuleEvent(rule.name(), RewriteContext.label(node), node.opType(), outcome);
    if (outcome instanceof Outcome.Fired) {
      fired.add(event);
    } else if (outcome instanceof Outcome.Refused) {
      refusals.add(event);
    }
  }
}
