package dev.retort.graph.onnx;

import dev.retort.graph.Attribute;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.Renaming;
import dev.retort.tensor.Dims;
import dev.retort.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Turns Constant nodes into initializers of the graph they stand in. A constant that a graph
 * returns stays a node, as does a sparse one.
 */
final class ConstantNodes {
  private ConstantNodes() {}

  static Model apply(Model model) {
    return model.withGraph(apply(model.graph()));
  }

  private static Graph apply(Graph graph) {
    Map<String, Tensor> initializers = new LinkedHashMap<>(graph.initializers());
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      Optional<Tensor> value = isReturned(graph, node) ? Optional.empty() : value(node);
      value.ifPresentOrElse(
          tensor -> initializers.put(node.output(0), tensor),
          () -> nodes.add(Renaming.withSubGraphs(node, ConstantNodes::apply)));
    }
    return graph.withNodes(nodes).withInitializers(initializers);
  }

  private static boolean isReturned(Graph graph, Node node) {
    return graph.outputs().stream().anyMatch(output -> output.name().equals(node.output(0)));
  }

  private static Optional<Tensor> value(Node node) {
    if (!node.is("Constant") || node.outputs().size() != 1 || node.attributes().size() != 1) {
      return Optional.empty();
    }
    Map.Entry<String, Attribute> attribute = node.attributes().entrySet().iterator().next();
    return switch (attribute.getKey()) {
      case "value",
          "value_int",
          "value_ints",
          "value_float",
          "value_floats",
          "value_string",
          "value_strings" ->
          tensor(attribute.getValue());
      default -> Optional.empty();
    };
  }

  private static Optional<Tensor> tensor(Attribute value) {
    if (value instanceof Attribute.Constant constant) {
      return Optional.of(constant.value());
    } else if (value instanceof Attribute.Int integer) {
      return Optional.of(Tensor.scalar(integer.value()));
    } else if (value instanceof Attribute.Real real) {
      return Optional.of(Tensor.scalar(real.value()));
    } else if (value instanceof Attribute.Text text) {
      return Optional.of(Tensor.ofStrings(Dims.scalar(), text.value()));
    } else if (value instanceof Attribute.Ints ints) {
      long[] longs = ints.values().stream().mapToLong(Long::longValue).toArray();
      return Optional.of(Tensor.ofLongs(Dims.of(longs.length), longs));
    } else if (value instanceof Attribute.Reals reals) {
      return Optional.of(Tensor.ofFloats(Dims.of(reals.values().size()), floats(reals.values())));
    } else if (value instanceof Attribute.Texts texts) {
      String[] strings = texts.values().toArray(String[]::new);
      return Optional.of(Tensor.ofStrings(Dims.of(strings.length), strings));
    }
    return Optional.empty();
  }

  private static float[] floats(List<Float> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i);
    }
    return floats;
  }
}
