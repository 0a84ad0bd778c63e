package dev.retort.data;

import dev.retort.graph.Attribute;
import dev.retort.graph.Graph;
import dev.retort.graph.Node;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lets all readers of a tensor read another one, in sub-graphs too. */
final class ValueRenaming {
  private ValueRenaming() {}

  static Graph inReaders(Graph graph, String from, String to) {
    return graph.withNodes(graph.nodes().stream().map(node -> inNode(node, from, to)).toList());
  }

  private static Node inNode(Node node, String from, String to) {
    List<String> inputs =
        node.inputs().stream().map(input -> input.equals(from) ? to : input).toList();
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    node.attributes().forEach((name, value) -> attributes.put(name, inAttribute(value, from, to)));
    return node.withInputs(inputs).withAttributes(attributes);
  }

  private static Attribute inAttribute(Attribute attribute, String from, String to) {
    if (attribute instanceof Attribute.SubGraph one) {
      return new Attribute.SubGraph(inSubGraph(one.value(), from, to));
    }
    if (attribute instanceof Attribute.SubGraphs many) {
      return new Attribute.SubGraphs(
          many.values().stream().map(graph -> inSubGraph(graph, from, to)).toList());
    }
    return attribute;
  }

  private static Graph inSubGraph(Graph graph, String from, String to) {
    Graph renamed = inReaders(graph, from, to);
    return new Graph(
        renamed.name(),
        renamed.nodes(),
        renamed.initializers(),
        renamed.inputs(),
        renamed.outputs().stream()
            .map(output -> output.name().equals(from) ? output.withName(to) : output)
            .toList(),
        renamed.valueInfos(),
        renamed.documentation(),
        renamed.extras());
  }
}
