package dev.retort.graph;

import dev.retort.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Renames tensors wherever a graph names them. */
public final class Renaming {
  private Renaming() {}

  /** {@code graph} and all graphs in it, none of which may define the new names otherwise. */
  public static Graph everywhere(Graph graph, Map<String, String> names) {
    return names.isEmpty() ? graph : within(graph, names, inner -> everywhere(inner, names));
  }

  /** {@code graph} itself, with {@code inner} applied to the graphs in it. */
  public static Graph within(Graph graph, Map<String, String> names, UnaryOperator<Graph> inner) {
    Map<String, Tensor> initializers = new LinkedHashMap<>();
    graph.initializers().forEach((name, t) -> initializers.put(names.getOrDefault(name, name), t));
    return new Graph(
        graph.name(),
        graph.nodes().stream().map(node -> node(node, names, inner)).toList(),
        initializers,
        infos(graph.inputs(), names),
        infos(graph.outputs(), names),
        infos(graph.valueInfos(), names),
        graph.documentation(),
        graph.extras());
  }

  /** {@code node} with {@code change} applied to the graphs in it. */
  public static Node withSubGraphs(Node node, UnaryOperator<Graph> change) {
    if (node.subGraphs().isEmpty()) {
      return node;
    }
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    node.attributes().forEach((name, value) -> attributes.put(name, changed(value, change)));
    return node.withAttributes(attributes);
  }

  private static Attribute changed(Attribute attribute, UnaryOperator<Graph> change) {
    if (attribute instanceof Attribute.SubGraph graph) {
      return new Attribute.SubGraph(change.apply(graph.value()));
    } else if (attribute instanceof Attribute.SubGraphs graphs) {
      return new Attribute.SubGraphs(graphs.values().stream().map(change).toList());
    }
    return attribute;
  }

  private static Node node(Node node, Map<String, String> names, UnaryOperator<Graph> inner) {
    return withSubGraphs(
        node.withInputs(tensors(node.inputs(), names)).withOutputs(tensors(node.outputs(), names)),
        inner);
  }

  private static List<String> tensors(List<String> tensors, Map<String, String> names) {
    return tensors.stream().map(tensor -> names.getOrDefault(tensor, tensor)).toList();
  }

  private static List<ValueInfo> infos(List<ValueInfo> infos, Map<String, String> names) {
    return infos.stream()
        .map(info -> info.withName(names.getOrDefault(info.name(), info.name())))
        .toList();
  }
}
