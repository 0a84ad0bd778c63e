package dev.retort.graph.onnx;

import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.Renaming;
import dev.retort.graph.ValueInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Lets the readers of an Identity of a constant read the constant. PyTorch's exporter merges equal
 * initializers behind Identity, which hides, say, a BatchNorm's variance. An alias that a graph
 * returns stays.
 */
final class ConstantAliases {
  private ConstantAliases() {}

  /** Resolves the aliases of {@code model}, whose names must be unique. */
  static Model apply(Model model) {
    Map<String, String> aliases = new HashMap<>();
    Graph graph = removeAliases(model.graph(), Set.of(), aliases);
    return model.withGraph(Renaming.everywhere(graph, aliases));
  }

  /** Removes aliases of {@code constants} and of the graph's own, and adds what they stand for. */
  private static Graph removeAliases(
      Graph graph, Set<String> constants, Map<String, String> aliases) {
    Set<String> known = new HashSet<>(constants);
    known.addAll(graph.initializers().keySet());
    graph.inputs().stream().map(ValueInfo::name).forEach(known::remove);
    Set<String> returned = new HashSet<>();
    graph.outputs().forEach(output -> returned.add(output.name()));
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      String target = aliases.getOrDefault(node.input(0), node.input(0));
      if (node.is("Identity") && known.contains(target) && !returned.contains(node.output(0))) {
        aliases.put(node.output(0), target);
      } else {
        nodes.add(Renaming.withSubGraphs(node, inner -> removeAliases(inner, known, aliases)));
      }
    }
    return graph.withNodes(nodes);
  }
}
