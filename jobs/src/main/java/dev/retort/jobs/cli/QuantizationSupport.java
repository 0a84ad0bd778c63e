package dev.retort.jobs.cli;

import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.quantization.DynamicInt8;
import dev.retort.quantization.Int8Scheme;
import dev.retort.quantization.OpGroup;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the preset int8 can do with each node; what it does with a convolutional network is decided
 * by measurement.
 */
final class QuantizationSupport {
  private QuantizationSupport() {}

  /** One clause for each named node of {@code model}, which is fused. */
  static Map<String, String> byNode(Model model) {
    if (Int8Scheme.of(model).kind() == Int8Scheme.Kind.DYNAMIC) {
      return DynamicInt8.byNode(model);
    }
    Map<String, String> support = new LinkedHashMap<>();
    for (Node node : model.graph().nodes()) {
      support.put(node.name(), of(node, model.graph()));
    }
    return support;
  }

  private static String of(Node node, Graph graph) {
    Optional<OpGroup> group =
        Arrays.stream(OpGroup.values())
            .filter(g -> node.domain().isEmpty() && g.opTypes().contains(node.opType()))
            .findFirst();
    if (group.isEmpty()) {
      return "stays in floating point, the preset has no integer form of " + node.opType();
    }
    if (group.get() != OpGroup.CONV_GEMM) {
      return "may join, in the group "
          + group.get().name().toLowerCase(Locale.ROOT)
          + ", if validation says so";
    }
    return graph.initializers().containsKey(node.input(1))
        ? "is quantized, weights by channel"
        : "stays in floating point, its weights are computed";
  }
}
