package dev.retort.autodiff;

import dev.retort.error.UnsupportedModelError;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.rewrite.RewriteContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Refuses models with nodes that have no gradient, by operator and node. */
final class PathCheck {
  private static final int MOST_NAMED = 5;
  private static final String REMEDY =
      "; train only tensors behind these nodes, or export the model without them";

  private PathCheck() {}

  /**
   * Checks that each node of {@code path} has a rule.
   *
   * @throws UnsupportedModelError if one has none; names all such operators and the first nodes
   */
  static void requireRules(Model model, List<Node> path) {
    Map<String, List<String>> without = new TreeMap<>();
    for (Node node : path) {
      if (model.isFunctionCall(node) || GradientRules.of(node).isEmpty()) {
        without
            .computeIfAbsent(operator(node), op -> new ArrayList<>())
            .add("'" + RewriteContext.label(node) + "'");
      }
    }
    if (!without.isEmpty()) {
      throw new UnsupportedModelError(
          "Cannot differentiate the model: there is no gradient rule for "
              + without.entrySet().stream()
                  .map(e -> e.getKey() + " (node " + listed(e.getValue()) + ")")
                  .collect(Collectors.joining(", "))
              + REMEDY);
    }
  }

  /**
   * Refuses if there are refusals.
   *
   * @param refusals each with node, operator and reason
   */
  static void requireNone(List<String> refusals) {
    if (!refusals.isEmpty()) {
      throw new UnsupportedModelError(
          "Cannot differentiate the model: there is no gradient for " + listed(refusals) + REMEDY);
    }
  }

  static String described(Node node) {
    return "node '%s' (%s)".formatted(RewriteContext.label(node), operator(node));
  }

  private static String operator(Node node) {
    return node.domain().isEmpty() ? node.opType() : node.domain() + "::" + node.opType();
  }

  private static String listed(List<String> items) {
    String first = items.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
    return items.size() <= MOST_NAMED
        ? first
        : first + " and %d more".formatted(items.size() - MOST_NAMED);
  }
}
