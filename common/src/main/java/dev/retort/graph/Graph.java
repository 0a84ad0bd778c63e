package dev.retort.graph;

import dev.retort.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A graph: nodes in topological order, constants by name, inputs, outputs, and the types that the
 * file states for inner values. A constant may share its name with an input: it is then the input's
 * default.
 */
public record Graph(
    String name,
    List<Node> nodes,
    Map<String, Tensor> initializers,
    List<ValueInfo> inputs,
    List<ValueInfo> outputs,
    List<ValueInfo> valueInfos,
    String documentation,
    Opaque extras) {

  public Graph {
    nodes = List.copyOf(nodes);
    initializers = Collections.unmodifiableMap(new LinkedHashMap<>(initializers));
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    valueInfos = List.copyOf(valueInfos);
  }

  /** A graph without stated inner types or extras. */
  public static Graph of(
      String name,
      List<Node> nodes,
      Map<String, Tensor> initializers,
      List<ValueInfo> inputs,
      List<ValueInfo> outputs) {
    return new Graph(name, nodes, initializers, inputs, outputs, List.of(), "", Opaque.NONE);
  }

  /** The inputs that a caller must give: those without a default. */
  public List<ValueInfo> requiredInputs() {
    return inputs.stream().filter(input -> !initializers.containsKey(input.name())).toList();
  }

  /** The outer names that the graph's nodes, outputs and sub-graphs read but do not define. */
  public Set<String> capturedNames() {
    Set<String> defined = new LinkedHashSet<>(initializers.keySet());
    inputs.forEach(input -> defined.add(input.name()));
    nodes.forEach(node -> defined.addAll(node.outputs()));
    Set<String> read = new LinkedHashSet<>();
    nodes.forEach(node -> read.addAll(readsOf(node)));
    outputs.forEach(output -> read.add(output.name()));
    read.removeAll(defined);
    read.remove("");
    return read;
  }

  /** What {@code node} reads: its inputs and the names that its sub-graphs capture. */
  static Set<String> readsOf(Node node) {
    Set<String> reads = new LinkedHashSet<>(node.inputs());
    node.subGraphs().forEach(graph -> reads.addAll(graph.capturedNames()));
    reads.remove("");
    return reads;
  }

  public Graph withNodes(List<Node> newNodes) {
    return new Graph(
        name, newNodes, initializers, inputs, outputs, valueInfos, documentation, extras);
  }

  public Graph withInitializers(Map<String, Tensor> newInitializers) {
    return new Graph(
        name, nodes, newInitializers, inputs, outputs, valueInfos, documentation, extras);
  }

  public Graph withInputs(List<ValueInfo> newInputs) {
    return new Graph(
        name, nodes, initializers, newInputs, outputs, valueInfos, documentation, extras);
  }

  public Graph withValueInfos(List<ValueInfo> newValueInfos) {
    return new Graph(
        name, nodes, initializers, inputs, outputs, newValueInfos, documentation, extras);
  }
}
