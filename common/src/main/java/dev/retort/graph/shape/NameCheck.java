package dev.retort.graph.shape;

import dev.retort.error.UserError;
import dev.retort.graph.Function;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks that each name has one producer, which stands before all its readers: then a graph has no
 * cycle, and nothing is undefined. Sub-graphs may read the names around them.
 */
final class NameCheck {
  private NameCheck() {}

  static void check(Model model) {
    check(model.graph(), Set.of());
    for (Function function : model.functions()) {
      Set<String> defined = new HashSet<>(function.inputs());
      inOrder(function.nodes(), defined);
      function.outputs().forEach(output -> requireDefined("output", output, defined));
    }
  }

  private static void check(Graph graph, Set<String> around) {
    Set<String> defined = new HashSet<>(around);
    Set<String> inputs = new LinkedHashSet<>();
    for (ValueInfo input : graph.inputs()) {
      if (!inputs.add(input.name())) {
        throw Refusal.part("input '" + input.name() + "'", "given twice", "given once");
      }
    }
    defined.addAll(inputs);
    defined.addAll(graph.initializers().keySet());
    inOrder(graph.nodes(), defined);
    graph.outputs().forEach(output -> requireDefined("output", output.name(), defined));
  }

  private static void requireDefined(String what, String name, Set<String> defined) {
    if (!defined.contains(name)) {
      throw Refusal.part(what + " '" + name + "'", "computed by no node", "the output of a node");
    }
  }

  private static void inOrder(List<Node> nodes, Set<String> defined) {
    Map<String, Node> later = new HashMap<>();
    nodes.forEach(node -> node.outputs().forEach(output -> later.put(output, node)));
    for (Node node : nodes) {
      for (String name : node.inputs()) {
        if (!name.isEmpty() && !defined.contains(name)) {
          throw undefined(node, name, later);
        }
      }
      node.subGraphs().forEach(graph -> check(graph, defined));
      for (String output : node.outputs()) {
        if (!output.isEmpty() && !defined.add(output)) {
          throw Refusal.node(node, "output '" + output + "'", "defined before", "a new name");
        }
      }
    }
  }

  private static UserError undefined(Node node, String name, Map<String, Node> later) {
    String what = "input '" + name + "'";
    if (!later.containsKey(name)) {
      return Refusal.node(node, what, "defined nowhere", "a constant, an input or a node's output");
    }
    return reaches(later.get(name), node, later)
        ? Refusal.node(node, what, "computed from the node itself", "free of cycles")
        : Refusal.node(node, what, "computed by a later node", "computed before");
  }

  /** Whether what {@code from} reads depends on {@code to}. */
  private static boolean reaches(Node from, Node to, Map<String, Node> producers) {
    Set<Node> seen = new HashSet<>();
    Deque<Node> open = new ArrayDeque<>(List.of(from));
    while (!open.isEmpty()) {
      Node node = open.remove();
      if (node.equals(to)) {
        return true;
      }
      if (seen.add(node)) {
        node.inputs().stream()
            .filter(producers::containsKey)
            .forEach(name -> open.add(producers.get(name)));
      }
    }
    return false;
  }
}
