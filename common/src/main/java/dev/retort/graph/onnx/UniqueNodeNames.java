package dev.retort.graph.onnx;

import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Names;
import dev.retort.graph.Node;
import dev.retort.graph.Renaming;
import java.util.HashSet;
import java.util.Set;

/** Gives every node of a model a name of its own, so that messages and plans can name it. */
final class UniqueNodeNames {
  private final Names free;
  private final Set<String> kept = new HashSet<>();

  private UniqueNodeNames(Names free) {
    this.free = free;
  }

  /** The first node of a name keeps it; a node without one is called after its operator. */
  static Model apply(Model model) {
    return model.withGraph(new UniqueNodeNames(Names.ofNodes(model)).named(model.graph()));
  }

  private Graph named(Graph graph) {
    return graph.withNodes(
        graph.nodes().stream()
            .map(this::named)
            .map(node -> Renaming.withSubGraphs(node, this::named))
            .toList());
  }

  private Node named(Node node) {
    if (!node.name().isEmpty() && kept.add(node.name())) {
      return node;
    }
    return node.withName(
        node.name().isEmpty() ? free.numbered(node.opType()) : free.fresh(node.name()));
  }
}
