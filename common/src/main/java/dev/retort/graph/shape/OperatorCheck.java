package dev.retort.graph.shape;

import dev.retort.graph.Attribute;
import dev.retort.graph.Function;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.OperatorSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checks that each node's operator is known and gets the number of inputs, outputs and the types of
 * attributes that ONNX defines; and the ranges of those attributes that native code divides by or
 * allocates from, whichever operator has them.
 */
final class OperatorCheck {
  private static final String RUNTIME_DOMAIN = "com.microsoft";

  /** Attributes that are 1 or more on every operator that has them. */
  private static final List<String> POSITIVE =
      List.of(
          "group",
          "num_groups",
          "num_heads",
          "q_num_heads",
          "kv_num_heads",
          "hidden_size",
          "blocksize",
          "strides",
          "dilations",
          "kernel_shape",
          "pooled_shape",
          "output_height",
          "output_width",
          "num_outputs");

  private final Model model;

  OperatorCheck(Model model) {
    this.model = model;
  }

  void check() {
    for (OperatorSet set : model.operatorSets()) {
      if (set.version() < 1 || set.version() > 1000) {
        throw Refusal.part(
            "the opset of domain '" + set.domain() + "'", set.version(), "1 to 1000");
      }
    }
    check(model.graph(), model.operatorSets());
    for (Function function : model.functions()) {
      function.nodes().forEach(node -> check(node, function.operatorSets()));
    }
  }

  private void check(Graph graph, List<OperatorSet> sets) {
    graph.nodes().forEach(node -> check(node, sets));
  }

  private void check(Node node, List<OperatorSet> sets) {
    long opset = opset(node.domain(), sets);
    Optional<KnownOperators.Operator> known = KnownOperators.of(node.domain(), node.opType());
    boolean defined = node.domain().equals(RUNTIME_DOMAIN) || model.isFunctionCall(node);
    if (known.isEmpty() && !defined) {
      throw Refusal.unknownOperator(node, opset);
    }
    if (known.isPresent() && !defined) {
      requireDefinition(node, known.get(), opset);
    }
    for (String name : POSITIVE) {
      requirePositive(node, name, node.attributes().get(name));
    }
    node.subGraphs().forEach(graph -> check(graph, sets));
  }

  private static long opset(String domain, List<OperatorSet> sets) {
    return sets.stream()
        .filter(set -> set.domain().equals(domain))
        .mapToLong(OperatorSet::version)
        .findFirst()
        .orElse(0);
  }

  private static void requireDefinition(Node node, KnownOperators.Operator operator, long opset) {
    if (opset != 0 && opset < operator.versions().get(0)) {
      throw Refusal.unknownOperator(node, opset);
    }
    if (!operator.inputs().includes(node.inputs().size())) {
      throw Refusal.node(
          node, "the number of inputs", node.inputs().size(), operator.inputs().toString());
    }
    if (!operator.outputs().includes(node.outputs().size())) {
      throw Refusal.node(
          node, "the number of outputs", node.outputs().size(), operator.outputs().toString());
    }
    for (Map.Entry<String, Attribute> attribute : node.attributes().entrySet()) {
      if (!operator.allows(attribute.getKey(), attribute.getValue())) {
        throw Refusal.node(
            node, attribute.getKey(), attribute.getValue(), operator.typesOf(attribute.getKey()));
      }
    }
  }

  private static void requirePositive(Node node, String name, Attribute value) {
    if (value instanceof Attribute.Int single) {
      requirePositive(node, name, single.value());
    } else if (value instanceof Attribute.Ints several) {
      several.values().forEach(element -> requirePositive(node, name, element));
    }
  }

  private static void requirePositive(Node node, String name, long value) {
    if (value < 1 || value > Windows.MOST) {
      throw Refusal.node(node, name, value, "1 to " + Windows.MOST);
    }
  }
}
