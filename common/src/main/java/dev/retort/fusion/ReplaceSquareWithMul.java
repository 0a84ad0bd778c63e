package dev.retort.fusion;

import dev.retort.graph.Node;
import dev.retort.graph.ValueType;
import dev.retort.graph.rewrite.Outcome;
import dev.retort.graph.rewrite.RewriteContext;
import dev.retort.graph.rewrite.Rule;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Replaces a power of two by a product.
 *
 * <pre>
 * before:  x, 2 -> Pow -> y
 * after:   x, x -> Mul -> y
 * </pre>
 *
 * <p>Exact: both are x * x, rounded once. Beside the cheaper operator, a layer normalization that
 * is written in single operators stays so: ONNX Runtime 1.28 recognises it by its Pow and computes
 * it in one kernel that takes 6 times as long as the operators (2,048 rows of 384: 3.2 to 4.7 ms
 * against 0.5 ms), which is a fifth of MiniLM in floating point and more once it is quantized.
 *
 * <p>Refuses where the type of {@code x} is not float32 or float64, or not known.
 */
public final class ReplaceSquareWithMul implements Rule {
  private static final List<ElementType> EXACT = List.of(ElementType.FLOAT32, ElementType.FLOAT64);
  private static final List<ElementType> INTEGERS = List.of(ElementType.INT32, ElementType.INT64);

  @Override
  public Outcome apply(Node node, RewriteContext context) {
    if (!node.is("Pow")
        || context.constant(node.input(1)).filter(ReplaceSquareWithMul::isTwo).isEmpty()) {
      return Outcome.notHere();
    }
    Optional<ElementType> type = context.type(node.input(0)).map(ValueType.OfTensor::elementType);
    if (type.filter(EXACT::contains).isEmpty()) {
      return Outcome.refused(
          "%s has type %s, must be FLOAT32 or FLOAT64"
              .formatted(node.input(0), type.map(Object::toString).orElse("unknown")));
    }
    String x = node.input(0);
    context
        .editor()
        .replace(node, node.withOpType("Mul").withInputs(List.of(x, x)).withAttributes(Map.of()));
    return Outcome.fired("a square is a product");
  }

  private static boolean isTwo(Tensor power) {
    if (power.elementCount() != 1 || power.dims().rank() > 1) {
      return false;
    }
    return EXACT.contains(power.type())
        ? power.toFloats()[0] == 2
        : INTEGERS.contains(power.type()) && power.toLongs()[0] == 2;
  }
}
