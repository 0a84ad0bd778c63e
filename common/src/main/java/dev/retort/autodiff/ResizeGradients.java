package dev.retort.autodiff;

import dev.retort.graph.Dim;
import dev.retort.graph.Node;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Resize: linear in its input and separable, so that along each axis {@code y = x R} with a matrix
 * {@code R [D, O]}, and {@code dx = g R'}, one axis after the other. {@code R} is what the operator
 * itself makes of the identity, so that it is that of ONNX Runtime for any mode and rounding.
 *
 * <p>Refuses {@code tf_crop_and_resize}, and inputs of unknown rank. The gradient by scales is 0.
 */
final class ResizeGradients {
  static final Map<String, GradientRule> RULES = Map.of("Resize", ResizeGradients::resize);

  private ResizeGradients() {}

  private static void resize(NodeGradient n) {
    Node node = n.node();
    if (node.textAttribute("coordinate_transformation_mode", "").equals("tf_crop_and_resize")) {
      throw new NoGradient("its coordinate_transformation_mode is tf_crop_and_resize");
    }
    int rank = n.rank(0);
    n.give(
        0,
        () -> {
          String gradient = n.gradient();
          for (int axis = rank - 1; axis >= 0; axis--) {
            if (!isKept(n, axis)) {
              gradient = along(n, gradient, axis, rank);
            }
          }
          return gradient;
        });
    n.none(1);
    n.none(2);
    n.none(3);
  }

  /** Whether an axis is the same before and after, as far as is known. */
  private static boolean isKept(NodeGradient n, int axis) {
    if (n.node().hasInput(2)) {
      return n.constant(2).filter(scales -> scales.toFloats()[axis] == 1).isPresent();
    }
    Optional<List<Dim>> before = n.shape(n.input(0));
    Optional<List<Dim>> after = n.shape(n.output(0));
    return before.isPresent()
        && after.isPresent()
        && before.get().get(axis).equals(after.get().get(axis))
        && !before.get().get(axis).equals(Dim.UNKNOWN);
  }

  private static String along(NodeGradient n, String gradient, int axis, int rank) {
    Emitter e = n.emit();
    String matrix = matrix(n, axis);
    if (axis == rank - 1) {
      return e.op("MatMul", gradient, e.transposed(matrix, 1, 0));
    }
    if (axis == rank - 2) {
      return e.op("MatMul", matrix, gradient);
    }
    long[] swap = LongStream.range(0, rank).toArray();
    swap[axis] = rank - 1L;
    swap[rank - 1] = axis;
    String last = e.transposed(gradient, swap);
    return e.transposed(e.op("MatMul", last, e.transposed(matrix, 1, 0)), swap);
  }

  /** {@code R [D, O]} of one axis. */
  private static String matrix(NodeGradient n, int axis) {
    Emitter e = n.emit();
    ElementType type = n.type(0);
    String size = e.sizes(n.input(0), axis, axis + 1);
    String square = e.zeros(e.joined(size, size), type);
    String identity = e.op("EyeLike", square);
    String image = e.op("Unsqueeze", identity, e.ints(0, 1));
    Node node = n.node();
    String one = e.filled(1, ElementType.FLOAT32, Dims.of(3));
    String resized;
    if (node.hasInput(2)) {
      String own = e.op("Slice", n.input(2), e.ints(axis), e.ints(axis + 1L), e.ints(0));
      resized = e.op("Resize", node.attributes(), image, "", e.joined(one, own));
    } else {
      String own = e.op("Slice", n.input(3), e.ints(axis), e.ints(axis + 1L), e.ints(0));
      String sizes = e.joined(e.ints(1, 1), size, own);
      resized = e.op("Resize", node.attributes(), image, "", "", sizes);
    }
    return e.op("Squeeze", resized, e.ints(0, 1));
  }
}
