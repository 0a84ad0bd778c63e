package dev.retort.graph.shape;

import dev.retort.tensor.ElementType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BinaryOperator;

/** Operators that compute each element of the output from the elements at its place. */
final class ElementwiseShapes {
  private static final List<String> UNARY =
      List.of(
          "Abs",
          "Acos",
          "Acosh",
          "Asin",
          "Asinh",
          "Atan",
          "Atanh",
          "Ceil",
          "Celu",
          "Clip",
          "Cos",
          "Cosh",
          "CumSum",
          "Elu",
          "Erf",
          "Exp",
          "Floor",
          "Gelu",
          "HardSigmoid",
          "HardSwish",
          "Hardmax",
          "LeakyRelu",
          "Log",
          "LogSoftmax",
          "Mish",
          "Not",
          "Reciprocal",
          "Relu",
          "Round",
          "Selu",
          "Shrink",
          "Sigmoid",
          "Sign",
          "Sin",
          "Sinh",
          "Softmax",
          "Softplus",
          "Softsign",
          "Sqrt",
          "Swish",
          "Tan",
          "Tanh",
          "ThresholdedRelu",
          "BitwiseNot",
          "com.microsoft::Gelu",
          "com.microsoft::QuickGelu",
          "com.microsoft::FastGelu",
          "com.microsoft::BiasGelu");
  private static final List<String> BROADCAST =
      List.of(
          "BitShift",
          "BitwiseAnd",
          "BitwiseOr",
          "BitwiseXor",
          "Max",
          "Mean",
          "Min",
          "Mod",
          "Pow",
          "Sum");
  private static final List<String> COMPARING =
      List.of("And", "Or", "Xor", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual");

  static final Map<String, ShapeRule> RULES = rules();

  private ElementwiseShapes() {}

  private static Map<String, ShapeRule> rules() {
    Map<String, ShapeRule> rules = new HashMap<>();
    UNARY.forEach(op -> rules.put(op, ElementwiseShapes::unary));
    BROADCAST.forEach(op -> rules.put(op, ElementwiseShapes::broadcast));
    COMPARING.forEach(op -> rules.put(op, ElementwiseShapes::compare));
    rules.put("Neg", ElementwiseShapes::negative);
    rules.put("Add", scope -> arithmetic(scope, Extent::plus));
    rules.put("Sub", scope -> arithmetic(scope, Extent::minus));
    rules.put("Mul", scope -> arithmetic(scope, Extent::times));
    rules.put("Div", scope -> arithmetic(scope, ElementwiseShapes::quotient));
    rules.put("PRelu", scope -> List.of(sameAsInput(scope)));
    rules.put("IsNaN", scope -> List.of(TensorFact.of(ElementType.BOOL, scope.shape(0))));
    rules.put("IsInf", scope -> List.of(TensorFact.of(ElementType.BOOL, scope.shape(0))));
    rules.put("Trilu", ElementwiseShapes::triangle);
    rules.put("Cast", ElementwiseShapes::cast);
    rules.put("CastLike", scope -> List.of(TensorFact.of(scope.type(1), scope.shape(0))));
    rules.put("Identity", scope -> List.of(scope.input(0)));
    rules.put("Where", ElementwiseShapes::where);
    return Map.copyOf(rules);
  }

  private static List<TensorFact> unary(NodeScope scope) {
    long axis = scope.node().intAttribute("axis", 0);
    scope.shape(0).filter(shape -> axis != 0).ifPresent(shape -> shape.axis("axis", axis));
    return List.of(sameAsInput(scope));
  }

  /** ONNX Runtime writes outside the output for diagonals near the limits of 64 bits. */
  private static List<TensorFact> triangle(NodeScope scope) {
    OptionalLong diagonal = scope.element(1).fixed();
    if (diagonal.isPresent() && Math.abs(diagonal.getAsLong() / 2) > Integer.MAX_VALUE) {
      throw new Malformed("k", diagonal.getAsLong(), "between -2^32 and 2^32");
    }
    return List.of(sameAsInput(scope));
  }

  private static List<TensorFact> negative(NodeScope scope) {
    Optional<IntValues> values =
        scope
            .values(0)
            .map(
                v ->
                    new IntValues(
                        v.shape(), v.elements().stream().map(ElementwiseShapes::negated).toList()));
    return List.of(new TensorFact(scope.type(0), scope.shape(0), values));
  }

  private static Extent negated(Extent element) {
    return applied(Extent::minus, Extent.ZERO, element);
  }

  static TensorFact sameAsInput(NodeScope scope) {
    return TensorFact.of(scope.type(0), scope.shape(0));
  }

  private static List<TensorFact> broadcast(NodeScope scope) {
    return List.of(TensorFact.of(scope.type(0), broadcastShape(scope)));
  }

  /** The shape that all inputs broadcast to. */
  static Optional<Shape> broadcastShape(NodeScope scope) {
    Shape result = Shape.SCALAR;
    for (int i = 0; i < scope.node().inputs().size(); i++) {
      Optional<Shape> shape = scope.shape(i);
      if (shape.isEmpty()) {
        return Optional.empty();
      }
      result = result.broadcast(shape.get());
    }
    return Optional.of(result);
  }

  private static List<TensorFact> compare(NodeScope scope) {
    Optional<Shape> shape = broadcastShape(scope);
    if (scope.node().is("Equal")) {
      Optional<IntValues> values = elementwise(scope, shape, ElementwiseShapes::equal);
      if (values.isPresent()) {
        return List.of(TensorFact.of(ElementType.BOOL, values.get()));
      }
    }
    return List.of(TensorFact.of(ElementType.BOOL, shape));
  }

  private static List<TensorFact> arithmetic(NodeScope scope, BinaryOperator<Extent> operator) {
    Optional<Shape> shape = broadcastShape(scope);
    return elementwise(scope, shape, operator)
        .map(values -> List.of(TensorFact.of(scope.type(0), values)))
        .orElseGet(() -> List.of(TensorFact.of(scope.type(0), shape)));
  }

  private static Optional<IntValues> elementwise(
      NodeScope scope, Optional<Shape> shape, BinaryOperator<Extent> operator) {
    Optional<IntValues> a = scope.values(0);
    Optional<IntValues> b = scope.values(1);
    if (shape.isEmpty() || shape.get().rank() > 1 || a.isEmpty() || b.isEmpty()) {
      return Optional.empty();
    }
    List<Extent> x = a.get().elements();
    List<Extent> y = b.get().elements();
    List<Extent> result = new ArrayList<>();
    for (int i = 0; i < Math.max(x.size(), y.size()); i++) {
      result.add(applied(operator, x.get(x.size() == 1 ? 0 : i), y.get(y.size() == 1 ? 0 : i)));
    }
    return x.isEmpty() || y.isEmpty()
        ? Optional.empty()
        : Optional.of(new IntValues(shape.get(), result));
  }

  /** Integers of a model may wrap around; only sizes that do so are errors. */
  private static Extent applied(BinaryOperator<Extent> operator, Extent a, Extent b) {
    try {
      return operator.apply(a, b);
    } catch (ArithmeticException wrapped) {
      return Extent.UNKNOWN;
    }
  }

  /** Integer division truncates towards zero; for the sizes that are followed it is the floor. */
  private static Extent quotient(Extent dividend, Extent divisor) {
    var by = divisor.fixed();
    var fixed = dividend.fixed();
    if (by.isPresent() && by.getAsLong() > 0 && (fixed.isEmpty() || fixed.getAsLong() >= 0)) {
      return dividend.floorDiv(by.getAsLong());
    }
    return divisor.is(0) ? Extent.UNKNOWN : dividend.dividedBy(divisor);
  }

  /** 1, 0 or, where it depends on symbols, unknown; a size is never negative. */
  private static Extent equal(Extent a, Extent b) {
    if (a.isKnown() && a.equals(b)) {
      return Extent.ONE;
    }
    return a.fixed().isPresent() && b.fixed().isPresent() ? Extent.ZERO : Extent.UNKNOWN;
  }

  private static List<TensorFact> cast(NodeScope scope) {
    ElementType to = ElementType.ofNumber((int) scope.node().intAttribute("to", 0));
    boolean keepsIntegers = to == ElementType.INT64 || to == ElementType.INT32;
    Optional<IntValues> values = keepsIntegers ? scope.values(0) : Optional.empty();
    return List.of(new TensorFact(Optional.of(to), scope.shape(0), values));
  }

  private static List<TensorFact> where(NodeScope scope) {
    Optional<Shape> shape = broadcastShape(scope);
    Optional<List<Long>> condition = scope.values(0).flatMap(IntValues::fixed);
    Optional<IntValues> x = scope.values(1);
    Optional<IntValues> y = scope.values(2);
    TensorFact fact = TensorFact.of(scope.type(1), shape);
    if (condition.isEmpty() || x.isEmpty() || y.isEmpty() || shape.get().rank() > 1) {
      return List.of(fact);
    }
    int count =
        Math.max(
            condition.get().size(), Math.max(x.get().elements().size(), y.get().elements().size()));
    List<Extent> chosen = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      boolean first = condition.get().get(condition.get().size() == 1 ? 0 : i) != 0;
      List<Extent> from = (first ? x : y).get().elements();
      chosen.add(from.get(from.size() == 1 ? 0 : i));
    }
    return List.of(TensorFact.of(scope.type(1), new IntValues(shape.get(), chosen)));
  }
}
