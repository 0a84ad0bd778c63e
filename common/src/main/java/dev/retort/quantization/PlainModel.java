package dev.retort.quantization;

import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import java.util.List;

/** A model without stated inner types, which are wrong once it is quantized, and documentation. */
final class PlainModel {
  private PlainModel() {}

  static Model of(Model built) {
    Graph graph = built.graph();
    return built.withGraph(
        new Graph(
            graph.name(),
            graph.nodes().stream().map(PlainModel::withoutDocumentation).toList(),
            graph.initializers(),
            graph.inputs(),
            graph.outputs(),
            List.of(),
            "",
            graph.extras()));
  }

  private static Node withoutDocumentation(Node node) {
    return new Node(
        node.name(),
        node.domain(),
        node.opType(),
        node.inputs(),
        node.outputs(),
        node.attributes(),
        "",
        node.extras());
  }
}
