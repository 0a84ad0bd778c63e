package dev.retort.quantization;

import dev.retort.graph.GraphEditor;
import dev.retort.graph.Node;
import dev.retort.statistics.AffineGrid;
import dev.retort.tensor.Tensor;

/**
 * The least and greatest output of a Relu, or of a Clip with constant bounds.
 *
 * <p>Where the result is quantized, saturation may do the same work: if {@code low} lies on level 0
 * and {@code high} on the top level, all that the operator cuts off lies on those levels anyway, as
 * rounding is monotonous. Then {@code Quantize(Clip(x)) = Quantize(x)} exactly.
 */
record Bounds(float low, float high) {

  /** Whether {@code node} is such an operator. */
  static boolean areConstant(Node node, GraphEditor graph) {
    boolean constant =
        node.inputs().stream()
            .skip(1)
            .allMatch(bound -> bound.isEmpty() || graph.constant(bound).isPresent());
    return node.is("Relu") || (node.is("Clip") && constant);
  }

  /** The bounds of a node that {@link #areConstant} let pass. */
  static Bounds of(Node node, GraphEditor graph) {
    if (node.is("Relu")) {
      return new Bounds(0, Float.POSITIVE_INFINITY);
    }
    float low = bound(node.input(1), graph, Float.NEGATIVE_INFINITY);
    float high = bound(node.input(2), graph, Float.POSITIVE_INFINITY);
    return new Bounds(low, high);
  }

  /** Whether saturation of {@code grid} bounds as the operator does. */
  boolean areKeptBy(AffineGrid grid) {
    boolean below = low == Float.NEGATIVE_INFINITY || grid.level(low) == 0;
    boolean above = high == Float.POSITIVE_INFINITY || grid.level(high) == grid.top();
    return below && above;
  }

  private static float bound(String tensor, GraphEditor graph, float absent) {
    return graph.constant(tensor).map(Tensor::toFloats).map(values -> values[0]).orElse(absent);
  }
}
