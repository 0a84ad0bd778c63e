package dev.retort.graph.join;

import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Names;
import dev.retort.graph.Node;
import dev.retort.graph.Renaming;
import dev.retort.graph.ValueInfo;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Keeps the names of two models apart when their graphs become one. */
final class HeadNames {
  private HeadNames() {}

  /** The encoder, whose inner tensors leave the names of the head's outputs to these. */
  static Model reserveOutputs(Model encoder, Model head) {
    Set<String> inputs =
        encoder.graph().inputs().stream().map(ValueInfo::name).collect(Collectors.toSet());
    Set<String> inner = definitions(encoder.graph());
    Names names = Names.ofTensors(encoder);
    Map<String, String> renamed = new HashMap<>();
    for (ValueInfo output : head.graph().outputs()) {
      if (inner.contains(output.name()) && !inputs.contains(output.name())) {
        renamed.put(output.name(), names.fresh("encoder/" + output.name()));
      }
    }
    return encoder.withGraph(Renaming.everywhere(encoder.graph(), renamed));
  }

  /**
   * The head, whose input is {@code embedding} and whose other names are free.
   *
   * @param encoder whose node names are taken
   * @param names the tensor names that are taken
   */
  static Model apply(Model head, Model encoder, Names names, String embedding) {
    Graph graph = head.graph();
    Map<String, String> renamed = new HashMap<>();
    for (String name : definitions(graph)) {
      String free = names.fresh(name);
      if (!free.equals(name)) {
        renamed.put(name, free);
      }
    }
    renamed.put(graph.requiredInputs().get(0).name(), embedding);
    Graph connected =
        Renaming.everywhere(graph.withInputs(List.of()).withValueInfos(List.of()), renamed);
    Names nodes = Names.ofNodes(encoder);
    return head.withGraph(
        connected.withNodes(
            connected.nodes().stream()
                .map(node -> node.withName(nodes.fresh(node.name())))
                .toList()));
  }

  /** Every name that a graph or one in it defines. */
  private static Set<String> definitions(Graph graph) {
    Set<String> names = new LinkedHashSet<>(graph.initializers().keySet());
    graph.inputs().forEach(input -> names.add(input.name()));
    for (Node node : graph.nodes()) {
      names.addAll(node.outputs());
      node.subGraphs().forEach(inner -> names.addAll(definitions(inner)));
    }
    names.remove("");
    return names;
  }
}
