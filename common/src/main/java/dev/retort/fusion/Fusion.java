package dev.retort.fusion;

import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.rewrite.Outcome;
import dev.retort.graph.rewrite.RewriteContext;
import dev.retort.graph.rewrite.RewriteResult;
import dev.retort.graph.rewrite.Rewriter;
import dev.retort.graph.rewrite.Rule;
import dev.retort.graph.rewrite.RuleEvent;
import dev.retort.plan.Decision;
import dev.retort.plan.Plan;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Fuses a model: runs {@link FusionRules#all()} to their fixed point. Pure: equal models give equal
 * results, and nothing is read or written.
 *
 * <p>The result has the original's inputs and outputs. Only the top-level graph is rewritten.
 */
public final class Fusion {
  private Fusion() {}

  /** Fuses {@code model} by every rule. */
  public static FusionResult apply(Model model) {
    List<Rule> rules = FusionRules.all();
    RewriteResult result = Rewriter.run(model, rules);
    Map<String, Integer> positions = positions(model);
    List<Decision> decisions =
        result.events().stream()
            .sorted(
                Comparator.comparing(
                    event -> positions.getOrDefault(event.node(), Integer.MAX_VALUE)))
            .map(Fusion::decision)
            .toList();
    return new FusionResult(result.model(), new Plan("fuse", settings(rules), decisions));
  }

  private static SortedMap<String, String> settings(List<Rule> rules) {
    SortedMap<String, String> settings = new TreeMap<>();
    settings.put("rules", rules.stream().map(Rule::name).collect(Collectors.joining(", ")));
    return settings;
  }

  private static Decision decision(RuleEvent event) {
    String reason = event.rule() + ": " + event.reason();
    return event.outcome() instanceof Outcome.Fired fired
        ? new Decision(event.node(), "fuse", fired.numbers(), reason)
        : Decision.of(event.node(), "keep", reason);
  }

  private static Map<String, Integer> positions(Model model) {
    Map<String, Integer> positions = new HashMap<>();
    List<Node> nodes = model.graph().nodes();
    for (int i = 0; i < nodes.size(); i++) {
      positions.putIfAbsent(RewriteContext.label(nodes.get(i)), i);
    }
    return positions;
  }
}
