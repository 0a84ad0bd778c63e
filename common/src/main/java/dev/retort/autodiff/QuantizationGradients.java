package dev.retort.autodiff;

import dev.retort.graph.Node;
import dev.retort.tensor.ElementType;
import java.util.Arrays;
import java.util.Map;

/**
 * Quantization, trained by the straight-through estimator: rounding counts as the identity inside
 * the range of the levels. The gradient {@code h} by the levels {@code q} is a tensor of the
 * scale's type.
 *
 * <pre>
 * QuantizeLinear     q = clamp(round(x / s) + z)      dx = h / s, ds = -sum of h x / s^2
 *                                                     where no level was clamped, else 0
 * DequantizeLinear   y = (q - z) s                    h = g s     ds = sum of g (q - z)
 * </pre>
 *
 * <p>Both share {@code s}: the sum of the two {@code ds} is the learned step size of Esser et al.
 * 2020, "Learned Step Size Quantization", equation 3: {@code round(x/s) - x/s} inside the range and
 * the clamped level outside. Scales are one number or one for each place of {@code axis}.
 *
 * <p>Refuses levels of another type than INT8 and UINT8, and scales whose rank is unknown.
 */
final class QuantizationGradients {
  static final Map<String, GradientRule> RULES =
      Map.of(
          "QuantizeLinear", QuantizationGradients::quantize,
          "DequantizeLinear", QuantizationGradients::dequantize);

  private QuantizationGradients() {}

  /** Whether {@code node} makes quantized levels that pass a gradient on. */
  static boolean carriesLevels(Node node) {
    return node.is("QuantizeLinear");
  }

  private static void quantize(NodeGradient n) {
    Emitter e = n.emit();
    String x = n.input(0);
    String scale = broadcast(n, n.input(1));
    String zero = zeroPoint(n);
    String quotient = e.div(x, scale);
    String level = e.op("Round", quotient);
    level = zero.isEmpty() ? level : e.add(level, zero);
    ElementType type = levels(n, n.output(0));
    double least = type == ElementType.INT8 ? -128 : 0;
    double most = type == ElementType.INT8 ? 127 : 255;
    String inside =
        e.op(
            "And",
            e.op("GreaterOrEqual", level, e.number(least, x)),
            e.op("LessOrEqual", level, e.number(most, x)));
    String passed = e.div(e.where(inside, n.gradient(), x), scale);
    n.give(0, () -> passed);
    n.give(1, () -> toScale(n, e.op("Neg", e.mul(passed, quotient))));
    n.none(2);
  }

  private static void dequantize(NodeGradient n) {
    Emitter e = n.emit();
    n.give(0, () -> e.mul(n.gradient(), broadcast(n, n.input(1))));
    n.give(
        1,
        () -> {
          String levels = e.cast(n.input(0), n.type(1));
          String zero = zeroPoint(n);
          String steps = zero.isEmpty() ? levels : e.sub(levels, zero);
          return toScale(n, e.mul(n.gradient(), steps));
        });
    n.none(2);
  }

  private static ElementType levels(NodeGradient n, String tensor) {
    ElementType type = n.emit().type(tensor);
    if (type != ElementType.INT8 && type != ElementType.UINT8) {
      throw new NoGradient("its levels are " + type + ", must be INT8 or UINT8");
    }
    return type;
  }

  /** The zero point in the type of the scale, broadcast; empty where there is none. */
  private static String zeroPoint(NodeGradient n) {
    return n.node().hasInput(2) ? broadcast(n, n.emit().cast(n.input(2), n.type(1))) : "";
  }

  /** A scalar as it is; a vector along the node's axis. */
  private static String broadcast(NodeGradient n, String perAxis) {
    if (n.rank(1) == 0) {
      return perAxis;
    }
    long[] shape = new long[n.rank(0)];
    Arrays.fill(shape, 1);
    if (isPerAxis(n)) {
      shape[axis(n)] = -1;
    }
    return n.emit().reshaped(perAxis, shape);
  }

  private static boolean isPerAxis(NodeGradient n) {
    return n.rank(1) == 1 && n.fixedDims(1).filter(d -> d.elementCount() == 1).isEmpty();
  }

  private static int axis(NodeGradient n) {
    return n.axis("axis", 1, n.rank(0));
  }

  /** {@code each}, of the shape of the data, summed for each scale. */
  private static String toScale(NodeGradient n, String each) {
    int spared = isPerAxis(n) ? axis(n) : -1;
    String sum = n.emit().sum(each, NodeGradient.axesBut(spared, 0, n.rank(0)));
    return n.emit().reshapedLike(sum, n.input(1));
  }
}
