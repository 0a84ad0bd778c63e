package dev.retort.graph.shape;

import dev.retort.graph.Attribute;
import dev.retort.graph.Node;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Operators that make a tensor from attributes, from a shape, or about a shape. */
final class GeneratedShapes {
  static final Map<String, ShapeRule> RULES =
      Map.ofEntries(
          Map.entry("Shape", GeneratedShapes::shape),
          Map.entry("Size", GeneratedShapes::size),
          Map.entry("Constant", GeneratedShapes::constant),
          Map.entry("ConstantOfShape", GeneratedShapes::constantOfShape),
          Map.entry("Range", GeneratedShapes::range),
          Map.entry("EyeLike", scope -> List.of(like(scope))),
          Map.entry("RandomNormalLike", scope -> List.of(like(scope))),
          Map.entry("RandomUniformLike", scope -> List.of(like(scope))),
          Map.entry("Bernoulli", scope -> List.of(like(scope))),
          Map.entry("RandomNormal", GeneratedShapes::random),
          Map.entry("RandomUniform", GeneratedShapes::random));

  private GeneratedShapes() {}

  private static List<TensorFact> shape(NodeScope scope) {
    Optional<Shape> shape = scope.shape(0);
    if (shape.isEmpty()) {
      return List.of(TensorFact.of(ElementType.INT64, Optional.of(Shape.unknown(1))));
    }
    int rank = shape.get().rank();
    int from = clamped(scope.node().intAttribute("start", 0), rank);
    int to = clamped(scope.node().intAttribute("end", rank), rank);
    List<Extent> sizes = shape.get().extents().subList(from, Math.max(from, to));
    return List.of(TensorFact.of(ElementType.INT64, IntValues.vector(sizes)));
  }

  private static int clamped(long position, int rank) {
    return (int) Math.max(0, Math.min(rank, position < 0 ? position + rank : position));
  }

  private static List<TensorFact> size(NodeScope scope) {
    Extent count = scope.shape(0).map(Shape::elementCount).orElse(Extent.UNKNOWN);
    return List.of(TensorFact.of(ElementType.INT64, IntValues.scalar(count)));
  }

  private static List<TensorFact> constant(NodeScope scope) {
    Node node = scope.node();
    if (node.attributes().get("value") instanceof Attribute.Constant value) {
      return List.of(TensorFact.of(value.value()));
    }
    if (node.attributes().get("value_int") instanceof Attribute.Int value) {
      return List.of(TensorFact.of(ElementType.INT64, IntValues.scalar(Extent.of(value.value()))));
    }
    if (node.attributes().get("value_ints") instanceof Attribute.Ints values) {
      return List.of(
          TensorFact.of(
              ElementType.INT64,
              IntValues.vector(values.values().stream().map(Extent::of).toList())));
    }
    if (node.attributes().get("value_float") instanceof Attribute.Real) {
      return List.of(TensorFact.of(ElementType.FLOAT32, Optional.of(Shape.SCALAR)));
    }
    if (node.attributes().get("value_floats") instanceof Attribute.Reals values) {
      Shape shape = Shape.of(Extent.of(values.values().size()));
      return List.of(TensorFact.of(ElementType.FLOAT32, Optional.of(shape)));
    }
    return List.of();
  }

  private static List<TensorFact> constantOfShape(NodeScope scope) {
    Tensor value =
        scope.node().attributes().get("value") instanceof Attribute.Constant c
            ? c.value()
            : Tensor.scalar(0f);
    Optional<Shape> shape = scope.values(0).map(v -> new Shape(v.elements()));
    shape.ifPresent(GeneratedShapes::requireNotNegative);
    Optional<IntValues> element = IntValues.of(value);
    OptionalLong count = shape.map(s -> s.elementCount().fixed()).orElse(OptionalLong.empty());
    boolean small = count.isPresent() && count.getAsLong() <= IntValues.MOST;
    if (element.isEmpty() || element.get().elements().isEmpty() || !small) {
      return List.of(TensorFact.of(value.type(), shape));
    }
    List<Extent> elements =
        Collections.nCopies((int) count.getAsLong(), element.get().elements().get(0));
    return List.of(TensorFact.of(value.type(), new IntValues(shape.get(), elements)));
  }

  private static void requireNotNegative(Shape shape) {
    for (Extent extent : shape.extents()) {
      if (extent.fixed().isPresent() && extent.fixed().getAsLong() < 0) {
        throw new Malformed("the shape", shape, "0 or more on each axis");
      }
    }
  }

  /** {@code ceil((limit - start) / delta)} elements, none if that is negative. */
  private static List<TensorFact> range(NodeScope scope) {
    Extent length =
        scope.type(0).map(ElementType::isFloat).orElse(false)
            ? lengthOfFloats(scope)
            : length(scope.element(0), scope.element(1), scope.element(2).fixed());
    boolean empty = length.fixed().isPresent() && length.fixed().getAsLong() < 0;
    Shape shape = Shape.of(empty ? Extent.ZERO : length);
    return List.of(TensorFact.of(scope.type(0), Optional.of(shape)));
  }

  private static Extent length(Extent start, Extent limit, OptionalLong delta) {
    if (delta.isEmpty()) {
      return Extent.UNKNOWN;
    }
    long step = delta.getAsLong();
    if (step == 0) {
      throw new Malformed("delta", 0, "not 0");
    }
    return step > 0
        ? limit.minus(start).ceilDiv(step)
        : start.minus(limit).ceilDiv(Math.negateExact(step));
  }

  private static Extent lengthOfFloats(NodeScope scope) {
    Optional<Tensor> start = scope.constant(0);
    Optional<Tensor> limit = scope.constant(1);
    Optional<Tensor> delta = scope.constant(2);
    if (start.isEmpty() || limit.isEmpty() || delta.isEmpty()) {
      return Extent.UNKNOWN;
    }
    double length = Math.ceil((number(limit) - number(start)) / number(delta));
    if (Double.isNaN(length) || length > 1L << 62) {
      throw new Malformed("delta", number(delta), "one that gives a finite range");
    }
    return Extent.of((long) length);
  }

  private static double number(Optional<Tensor> scalar) {
    Tensor tensor = scalar.orElseThrow();
    if (tensor.elementCount() != 1) {
      throw new Malformed("an input", tensor, "a scalar");
    }
    return tensor.type() == ElementType.FLOAT64 ? tensor.bytes().getDouble() : tensor.toFloats()[0];
  }

  private static TensorFact like(NodeScope scope) {
    requireDistribution(scope.node());
    return TensorFact.of(stated(scope.node()).or(() -> scope.type(0)), scope.shape(0));
  }

  private static Optional<ElementType> stated(Node node) {
    return node.attributes().containsKey("dtype")
        ? Optional.of(ElementType.ofNumber((int) node.intAttribute("dtype", 0)))
        : Optional.empty();
  }

  /** ONNX Runtime aborts the process for bounds and deviations that are no finite numbers. */
  private static void requireDistribution(Node node) {
    float low = finite(node, "low", 0);
    float high = finite(node, "high", Math.max(1, low));
    finite(node, "mean", 0);
    if (low > high) {
      throw new Malformed("low", low, "at most high, " + high);
    }
    if (finite(node, "scale", 1) < 0) {
      throw new Malformed("scale", node.floatAttribute("scale", 1), "0 or more");
    }
  }

  private static float finite(Node node, String name, float absent) {
    float value = node.floatAttribute(name, absent);
    if (!Float.isFinite(value)) {
      throw new Malformed(name, value, "a finite number");
    }
    return value;
  }

  private static List<TensorFact> random(NodeScope scope) {
    requireDistribution(scope.node());
    Shape shape =
        new Shape(scope.node().intsAttribute("shape", List.of()).stream().map(Extent::of).toList());
    requireNotNegative(shape);
    ElementType type = stated(scope.node()).orElse(ElementType.FLOAT32);
    return List.of(TensorFact.of(type, Optional.of(shape)));
  }
}
