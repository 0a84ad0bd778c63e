package dev.retort.graph.shape;

import dev.retort.graph.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Joining tensors along an axis, and cutting them. */
final class JoiningShapes {
  static final Map<String, ShapeRule> RULES =
      Map.of("Concat", JoiningShapes::concat, "Split", JoiningShapes::split);

  private JoiningShapes() {}

  private static List<TensorFact> concat(NodeScope scope) {
    List<Shape> shapes = new ArrayList<>();
    List<Extent> values = new ArrayList<>();
    boolean allShapes = true;
    boolean allValues = true;
    for (int i = 0; i < scope.node().inputs().size(); i++) {
      Optional<IntValues> value = scope.values(i).filter(IntValues::isVector);
      scope.shape(i).ifPresent(shapes::add);
      value.ifPresent(v -> values.addAll(v.elements()));
      allShapes &= scope.shape(i).isPresent();
      allValues &= value.isPresent();
    }
    if (allValues && !values.isEmpty()) {
      return List.of(TensorFact.of(scope.type(0), IntValues.vector(values)));
    }
    long axis = scope.node().intAttribute("axis", 0);
    Optional<Shape> shape =
        shapes.isEmpty() ? Optional.empty() : Optional.of(joined(shapes, axis, allShapes));
    return List.of(TensorFact.of(scope.type(0), shape));
  }

  private static Shape joined(List<Shape> shapes, long statedAxis, boolean complete) {
    Shape result = shapes.get(0);
    int axis = result.axis("axis", statedAxis);
    Extent sum = Extent.ZERO;
    for (Shape shape : shapes) {
      if (shape.rank() != result.rank()) {
        throw new Malformed(
            "the rank of an input", shape.rank(), "that of the first, " + result.rank());
      }
      sum = sum.plus(shape.at(axis));
      result = agreed(result, shape, axis);
    }
    return result.with(axis, complete ? sum : Extent.UNKNOWN);
  }

  /** Inputs agree on the other axes, so one that is known serves for all. */
  private static Shape agreed(Shape result, Shape shape, int axis) {
    Shape agreed = result;
    for (int i = 0; i < shape.rank(); i++) {
      Extent a = result.at(i);
      Extent b = shape.at(i);
      boolean bothFixed = a.fixed().isPresent() && b.fixed().isPresent();
      if (i != axis && bothFixed && !a.equals(b)) {
        throw new Malformed("axis " + i + " of an input", b, a + " as of the first");
      }
      if (!a.isKnown() || (a.fixed().isEmpty() && b.fixed().isPresent())) {
        agreed = agreed.with(i, b);
      }
    }
    return agreed;
  }

  private static List<TensorFact> split(NodeScope scope) {
    Node node = scope.node();
    int parts = node.outputs().size();
    Optional<Shape> input = scope.shape(0);
    if (input.isEmpty()) {
      return Collections.nCopies(parts, TensorFact.of(scope.type(0), Optional.empty()));
    }
    int axis = input.get().axis("axis", node.intAttribute("axis", 0));
    List<Extent> sizes = sizes(scope, input.get().at(axis));
    return sizes.stream()
        .map(size -> TensorFact.of(scope.type(0), Optional.of(input.get().with(axis, size))))
        .toList();
  }

  private static List<Extent> sizes(NodeScope scope, Extent whole) {
    int parts = scope.node().outputs().size();
    if (scope.isGiven("split", 1)) {
      List<Extent> stated =
          scope.list("split", 1).orElse(Collections.nCopies(parts, Extent.UNKNOWN));
      requireSum(stated, parts, whole);
      return stated;
    }
    long count = scope.node().intAttribute("num_outputs", parts);
    if (count < 1 || whole.fixed().isEmpty()) {
      return Collections.nCopies(parts, count == 1 ? whole : Extent.UNKNOWN);
    }
    Extent each = whole.ceilDiv(count);
    List<Extent> sizes = new ArrayList<>(Collections.nCopies(parts, each));
    sizes.set(parts - 1, whole.minus(each.times(parts - 1L)));
    return sizes;
  }

  private static void requireSum(List<Extent> sizes, int parts, Extent whole) {
    Extent sum = sizes.stream().reduce(Extent.ZERO, Extent::plus);
    boolean fixed = sum.fixed().isPresent() && whole.fixed().isPresent();
    if (sizes.size() != parts || (fixed && !sum.equals(whole))) {
      throw new Malformed("split", sizes, parts + " sizes with the sum " + whole);
    }
  }
}
