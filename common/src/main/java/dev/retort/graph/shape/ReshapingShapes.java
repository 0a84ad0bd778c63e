package dev.retort.graph.shape;

import dev.retort.graph.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Operators that keep all elements and arrange them in another shape, or repeat them. */
final class ReshapingShapes {
  static final Map<String, ShapeRule> RULES =
      Map.of(
          "Reshape", ReshapingShapes::reshape,
          "Flatten", ReshapingShapes::flatten,
          "Transpose", ReshapingShapes::transpose,
          "Squeeze", ReshapingShapes::squeeze,
          "Unsqueeze", ReshapingShapes::unsqueeze,
          "Expand", ReshapingShapes::expand,
          "Tile", ReshapingShapes::tile);

  private ReshapingShapes() {}

  private static List<TensorFact> reshape(NodeScope scope) {
    Optional<List<Extent>> wanted = scope.list("shape", 1);
    if (wanted.isEmpty()) {
      Optional<Extent> rank = scope.shape(1).filter(s -> s.rank() == 1).map(s -> s.at(0));
      Optional<Shape> shape =
          rank.filter(r -> r.fixed().isPresent() && r.fixed().getAsLong() < 64)
              .map(r -> Shape.unknown((int) r.fixed().getAsLong()));
      return List.of(TensorFact.of(scope.type(0), shape));
    }
    boolean zeroIsZero = scope.node().intAttribute("allowzero", 0) != 0;
    Shape shape = reshaped(scope.shape(0), wanted.get(), zeroIsZero);
    Optional<IntValues> values =
        shape.rank() <= 1 && shape.fixed().isPresent()
            ? scope.values(0).map(v -> v.withShape(shape))
            : Optional.empty();
    return List.of(new TensorFact(scope.type(0), Optional.of(shape), values));
  }

  /** 0 copies the input's extent; one element that is -1 or unknown takes what is left over. */
  private static Shape reshaped(Optional<Shape> input, List<Extent> wanted, boolean zeroIsZero) {
    List<Extent> result = new ArrayList<>();
    int open = -1;
    for (int i = 0; i < wanted.size(); i++) {
      Extent extent = wanted.get(i);
      if (extent.is(0) && !zeroIsZero) {
        extent = copied(input, i);
      } else if (extent.is(-1) || !extent.isKnown()) {
        if (open >= 0) {
          return twoOpen(wanted, result, input, zeroIsZero);
        }
        open = i;
        extent = Extent.ONE;
      } else if (extent.fixed().isPresent() && extent.fixed().getAsLong() < 0) {
        throw new Malformed("shape", wanted, "-1, 0 or positive on each axis");
      }
      result.add(extent);
    }
    if (open >= 0) {
      result.set(open, input.map(s -> rest(s, result)).orElse(Extent.UNKNOWN));
    } else {
      requireSameCount(input, result);
    }
    return new Shape(result);
  }

  private static Shape twoOpen(
      List<Extent> wanted, List<Extent> begun, Optional<Shape> input, boolean zeroIsZero) {
    if (wanted.stream().filter(e -> e.is(-1)).count() > 1) {
      throw new Malformed("shape", wanted, "-1 on at most one axis");
    }
    List<Extent> result = new ArrayList<>(wanted);
    for (int i = 0; i < result.size(); i++) {
      if (result.get(i).is(0) && !zeroIsZero) {
        result.set(i, i < begun.size() ? begun.get(i) : copied(input, i));
      } else if (result.get(i).is(-1)) {
        result.set(i, Extent.UNKNOWN);
      }
    }
    return new Shape(result);
  }

  private static Extent copied(Optional<Shape> input, int axis) {
    if (input.isPresent() && axis >= input.get().rank()) {
      throw new Malformed("shape", "0 on axis " + axis, "0 only on axes that the input has");
    }
    return input.map(shape -> shape.at(axis)).orElse(Extent.UNKNOWN);
  }

  /** The input's element count divided by the others', equal extents cancelled first. */
  private static Extent rest(Shape input, List<Extent> others) {
    List<Extent> above = new ArrayList<>(input.extents());
    List<Extent> below = new ArrayList<>();
    for (Extent other : others) {
      if (!other.isKnown() || !above.remove(other)) {
        below.add(other);
      }
    }
    Extent count = new Shape(above).elementCount();
    Extent divisor = new Shape(below).elementCount();
    if (divisor.is(0)) {
      return Extent.UNKNOWN;
    }
    boolean fixed = count.fixed().isPresent() && divisor.fixed().isPresent();
    if (fixed && count.fixed().getAsLong() % divisor.fixed().getAsLong() != 0) {
      throw new Malformed("the number of elements", count, "a multiple of " + divisor);
    }
    return divisor.fixed().isPresent()
        ? count.floorDiv(divisor.fixed().getAsLong())
        : count.dividedBy(divisor);
  }

  private static void requireSameCount(Optional<Shape> input, List<Extent> result) {
    Extent before = input.map(Shape::elementCount).orElse(Extent.UNKNOWN);
    Extent after = new Shape(result).elementCount();
    if (before.fixed().isPresent() && after.fixed().isPresent() && !before.equals(after)) {
      throw new Malformed("shape", result, "the input's " + before + " elements");
    }
  }

  private static List<TensorFact> flatten(NodeScope scope) {
    return scope.reshaped(
        shape -> {
          long stated = scope.node().intAttribute("axis", 1);
          int axis = stated == shape.rank() ? shape.rank() : shape.axis("axis", stated);
          return Optional.of(
              Shape.of(
                  shape.slice(0, axis).elementCount(),
                  shape.slice(axis, shape.rank()).elementCount()));
        });
  }

  private static List<TensorFact> transpose(NodeScope scope) {
    return scope.reshaped(shape -> Optional.of(permuted(scope.node(), shape)));
  }

  private static Shape permuted(Node node, Shape shape) {
    List<Long> order = node.intsAttribute("perm", List.of());
    if (order.isEmpty()) {
      List<Extent> reversed = new ArrayList<>(shape.extents());
      Collections.reverse(reversed);
      return new Shape(reversed);
    }
    Set<Integer> axes = new HashSet<>();
    List<Extent> result = new ArrayList<>();
    for (long axis : order) {
      axes.add(shape.axis("perm", axis));
      result.add(shape.at(shape.axis("perm", axis)));
    }
    if (axes.size() != shape.rank() || order.size() != shape.rank()) {
      throw new Malformed("perm", order, "each of the " + shape.rank() + " axes once");
    }
    return new Shape(result);
  }

  private static List<TensorFact> squeeze(NodeScope scope) {
    boolean given = scope.isGiven("axes", 1);
    Optional<List<Long>> axes = given ? scope.fixedList("axes", 1) : Optional.of(List.of());
    Optional<Shape> shape =
        scope.shape(0).flatMap(s -> axes.flatMap(a -> given ? squeezed(s, a) : squeezed(s)));
    return List.of(arranged(scope, shape));
  }

  private static Optional<Shape> squeezed(Shape input, List<Long> axes) {
    Set<Integer> dropped = new HashSet<>();
    for (long axis : axes) {
      int index = input.axis("axes", axis);
      if (input.at(index).fixed().isPresent() && !input.at(index).is(1)) {
        throw new Malformed("axes", axis, "an axis of size 1 and not " + input.at(index));
      }
      dropped.add(index);
    }
    return Optional.of(withoutAxes(input, dropped));
  }

  private static Optional<Shape> squeezed(Shape input) {
    if (input.fixed().isEmpty()) {
      return Optional.empty();
    }
    Set<Integer> dropped = new HashSet<>();
    for (int axis = 0; axis < input.rank(); axis++) {
      if (input.at(axis).is(1)) {
        dropped.add(axis);
      }
    }
    return Optional.of(withoutAxes(input, dropped));
  }

  private static Shape withoutAxes(Shape input, Set<Integer> dropped) {
    Shape shape = input;
    for (int axis = input.rank() - 1; axis >= 0; axis--) {
      shape = dropped.contains(axis) ? shape.without(axis) : shape;
    }
    return shape;
  }

  private static List<TensorFact> unsqueeze(NodeScope scope) {
    Optional<List<Long>> axes = scope.fixedList("axes", 1);
    Optional<Shape> shape = scope.shape(0).flatMap(s -> axes.map(a -> unsqueezed(s, a)));
    return List.of(arranged(scope, shape));
  }

  private static Shape unsqueezed(Shape input, List<Long> axes) {
    int rank = input.rank() + axes.size();
    Set<Integer> added = new HashSet<>();
    axes.forEach(axis -> added.add(Shape.axis("axes", axis, rank)));
    if (added.size() != axes.size()) {
      throw new Malformed("axes", axes, "axes that differ");
    }
    List<Extent> result = new ArrayList<>();
    int from = 0;
    for (int axis = 0; axis < rank; axis++) {
      result.add(added.contains(axis) ? Extent.ONE : input.at(from++));
    }
    return new Shape(result);
  }

  private static TensorFact arranged(NodeScope scope, Optional<Shape> shape) {
    Optional<IntValues> values = scope.values(0).flatMap(v -> shape.map(v::withShape));
    return new TensorFact(scope.type(0), shape, values);
  }

  private static List<TensorFact> expand(NodeScope scope) {
    Optional<IntValues> wanted = scope.values(1);
    return scope.reshaped(
        shape -> wanted.map(values -> shape.broadcast(new Shape(values.elements()))));
  }

  private static List<TensorFact> tile(NodeScope scope) {
    Optional<IntValues> repeats = scope.values(1);
    return scope.reshaped(
        shape ->
            repeats.isEmpty()
                ? Optional.of(Shape.unknown(shape.rank()))
                : Optional.of(tiled(shape, repeats.get().elements())));
  }

  private static Shape tiled(Shape input, List<Extent> repeats) {
    if (repeats.size() != input.rank()) {
      throw new Malformed("repeats", repeats, "a list of " + input.rank());
    }
    List<Extent> result = new ArrayList<>();
    for (int axis = 0; axis < input.rank(); axis++) {
      result.add(input.at(axis).times(repeats.get(axis)));
    }
    return new Shape(result);
  }
}
