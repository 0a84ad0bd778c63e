package dev.retort.graph;

import java.util.List;

/** A model-local function: an operator defined by nodes. */
public record Function(
    String domain,
    String name,
    List<String> inputs,
    List<String> outputs,
    List<Node> nodes,
    List<OperatorSet> operatorSets,
    Opaque extras) {
  public Function {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    nodes = List.copyOf(nodes);
    operatorSets = List.copyOf(operatorSets);
  }
}
