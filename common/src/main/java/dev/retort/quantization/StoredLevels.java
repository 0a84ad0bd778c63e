package dev.retort.quantization;

import dev.retort.graph.GraphEditor;
import dev.retort.graph.Node;
import dev.retort.graph.shape.TensorTypes;
import dev.retort.statistics.AffineGrid;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.Optional;

/**
 * Finds float tensors that are bytes times a constant, as preprocessing makes them:
 *
 * <pre>
 *   uint8 -- Cast(float) -- Mul(s) -- x      becomes      uint8 -- DequantizeLinear(s, 0) -- x
 * </pre>
 *
 * <p>{@code DequantizeLinear} computes {@code (q - 0) * s} in float32, the very product of the Mul,
 * so the replacement is exact: no range is chosen, nothing is rounded or clipped. Without a Mul the
 * scale is 1. A mean that is taken off before breaks the pattern.
 */
record StoredLevels(String levels, float scale) {

  /** The levels of {@code tensor}; empty if it is computed in any other way. */
  static Optional<StoredLevels> of(String tensor, GraphEditor graph, TensorTypes types) {
    Optional<Node> producer = graph.producer(tensor);
    if (producer.isEmpty()) {
      return Optional.empty();
    }
    Node node = producer.get();
    if (node.is("Cast")) {
      return levelsOf(node, types).map(levels -> new StoredLevels(levels, 1));
    }
    if (!node.is("Mul")) {
      return Optional.empty();
    }
    return scaled(node.input(0), node.input(1), graph, types)
        .or(() -> scaled(node.input(1), node.input(0), graph, types));
  }

  AffineGrid grid() {
    return new AffineGrid(scale, 0, StaticInt8.BITS);
  }

  private static Optional<StoredLevels> scaled(
      String values, String factor, GraphEditor graph, TensorTypes types) {
    return graph
        .constant(factor)
        .filter(f -> f.type() == ElementType.FLOAT32 && f.elementCount() == 1)
        .map(Tensor::toFloats)
        .filter(f -> f[0] > 0 && Float.isFinite(f[0]))
        .flatMap(
            f ->
                graph
                    .producer(values)
                    .filter(node -> node.is("Cast"))
                    .flatMap(cast -> levelsOf(cast, types))
                    .map(levels -> new StoredLevels(levels, f[0])));
  }

  private static Optional<String> levelsOf(Node cast, TensorTypes types) {
    boolean toFloat = cast.intAttribute("to", 0) == ElementType.FLOAT32.number();
    return types
        .of(cast.input(0))
        .filter(type -> toFloat && type.elementType() == ElementType.UINT8)
        .map(type -> cast.input(0));
  }
}
