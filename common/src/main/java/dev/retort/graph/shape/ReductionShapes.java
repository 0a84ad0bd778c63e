package dev.retort.graph.shape;

import dev.retort.graph.Node;
import dev.retort.tensor.ElementType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reductions over axes, which disappear or, with {@code keepdims}, become 1. */
final class ReductionShapes {
  private static final List<String> REDUCTIONS =
      List.of("L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod", "Sum", "SumSquare");

  static final Map<String, ShapeRule> RULES = rules();

  private ReductionShapes() {}

  private static Map<String, ShapeRule> rules() {
    Map<String, ShapeRule> rules = new HashMap<>();
    REDUCTIONS.forEach(name -> rules.put("Reduce" + name, ReductionShapes::reduce));
    rules.put("ArgMax", ReductionShapes::arg);
    rules.put("ArgMin", ReductionShapes::arg);
    return Map.copyOf(rules);
  }

  private static List<TensorFact> reduce(NodeScope scope) {
    boolean given = scope.isGiven("axes", 1);
    Optional<List<Long>> axes = given ? scope.fixedList("axes", 1) : Optional.of(List.of());
    boolean keep = scope.node().intAttribute("keepdims", 1) != 0;
    if (axes.isEmpty()) {
      return scope.reshaped(s -> keep ? Optional.of(Shape.unknown(s.rank())) : Optional.empty());
    }
    boolean none =
        axes.get().isEmpty() && scope.node().intAttribute("noop_with_empty_axes", 0) != 0;
    Optional<IntValues> product = none ? Optional.empty() : product(scope);
    if (product.isPresent()) {
      Extent element = product.get().elements().get(0);
      Shape shape = keep ? Shape.of(Extent.ONE) : Shape.SCALAR;
      return List.of(TensorFact.of(scope.type(0), IntValues.scalar(element).withShape(shape)));
    }
    if (axes.get().isEmpty() && !none && !keep) {
      return List.of(TensorFact.of(scope.type(0), Optional.of(Shape.SCALAR)));
    }
    return scope.reshaped(s -> Optional.of(none ? s : reduced(s, axes.get(), keep)));
  }

  /** The product of a vector of sizes: how exporters count elements. */
  private static Optional<IntValues> product(NodeScope scope) {
    return scope.node().opType().equals("ReduceProd")
        ? scope
            .values(0)
            .filter(IntValues::isVector)
            .map(v -> IntValues.scalar(product(v.elements())))
        : Optional.empty();
  }

  private static Extent product(List<Extent> elements) {
    try {
      return new Shape(elements).elementCount();
    } catch (ArithmeticException wrapped) {
      return Extent.UNKNOWN;
    }
  }

  private static Shape reduced(Shape input, List<Long> axes, boolean keep) {
    Set<Integer> over = new HashSet<>();
    axes.forEach(axis -> over.add(input.axis("axes", axis)));
    Shape shape = input;
    for (int axis = input.rank() - 1; axis >= 0; axis--) {
      if (axes.isEmpty() || over.contains(axis)) {
        shape = keep ? shape.with(axis, Extent.ONE) : shape.without(axis);
      }
    }
    return shape;
  }

  private static List<TensorFact> arg(NodeScope scope) {
    Node node = scope.node();
    boolean keep = node.intAttribute("keepdims", 1) != 0;
    List<Long> axes = List.of(node.intAttribute("axis", 0));
    return List.of(
        TensorFact.of(ElementType.INT64, scope.shape(0).map(s -> reduced(s, axes, keep))));
  }
}
