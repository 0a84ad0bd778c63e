package dev.retort.graph.onnx;

import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import dev.retort.graph.Node;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Softmax, LogSoftmax and Hardmax before opset 13: they took all axes from {@code axis} (default 1)
 * on as one. Where all but one of those have size 1 the operator of that one axis is the same;
 * elsewhere the axes are flattened before and restored after:
 *
 * <pre>
 * Softmax(x) {axis=k}   -&gt;   f = Flatten(x) {axis=k};  s = Softmax(f) {axis=-1};  Reshape(s, Shape(x))
 * </pre>
 */
final class LiftSoftmax implements Lift {
  @Override
  public List<Node> lift(Node node, LiftContext context) {
    long axis = node.intAttribute("axis", 1);
    Optional<Long> alone = onlyAxis(axis, context.shape(node.input(0)));
    return alone.isPresent()
        ? List.of(node.withAttribute("axis", Attribute.of(alone.get())))
        : flattened(node, axis, context);
  }

  /** The one axis from {@code axis} on that may have another size than 1; -1 is always one. */
  private static Optional<Long> onlyAxis(long axis, Optional<List<Dim>> shape) {
    if (axis == -1) {
      return Optional.of(-1L);
    }
    if (shape.isEmpty()) {
      return Optional.empty();
    }
    int rank = shape.get().size();
    long from = axis < 0 ? axis + rank : axis;
    if (from < 0 || from >= rank) {
      return Optional.empty();
    }
    List<Long> wide =
        LongStream.range(from, rank)
            .filter(i -> !shape.get().get((int) i).equals(Dim.of(1)))
            .boxed()
            .toList();
    return wide.size() > 1
        ? Optional.empty()
        : Optional.of((wide.isEmpty() ? rank - 1L : wide.get(0)) - rank);
  }

  private static List<Node> flattened(Node node, long axis, LiftContext context) {
    String output = node.output(0);
    String shape = context.fresh(output + "_shape");
    String flat = context.fresh(output + "_flat");
    String result = context.fresh(output + "_rows");
    return List.of(
        Node.of(shape, "Shape", List.of(node.input(0)), List.of(shape)),
        Node.of(flat, "Flatten", List.of(node.input(0)), List.of(flat))
            .withAttribute("axis", Attribute.of(axis)),
        node.withInputs(List.of(flat))
            .withOutputs(List.of(result))
            .withAttribute("axis", Attribute.of(-1)),
        Node.of(
            context.fresh(output + "_reshape"),
            "Reshape",
            List.of(result, shape),
            List.of(output)));
  }
}
