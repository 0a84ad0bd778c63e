package dev.retort.autodiff;

import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/**
 * Powers, roots, exponentials and logarithms.
 *
 * <pre>
 * Pow          y = a^b        da = g b a^(b-1)     db = g y ln a   (0 where a is 0 or less)
 * Sqrt         y = a^(1/2)    da = g / (2 y)
 * Exp          y = e^a        da = g y
 * Log          y = ln a       da = g / a
 * Reciprocal   y = 1 / a      da = -g y^2
 * </pre>
 *
 * <p>Pow refuses exponents of an integer type that a gradient is wanted by.
 */
final class PowerGradients {
  static final Map<String, GradientRule> RULES =
      Map.of(
          "Pow", PowerGradients::power,
          "Sqrt", PowerGradients::root,
          "Exp", n -> n.give(0, () -> n.emit().mul(n.gradient(), n.output(0))),
          "Log", n -> n.give(0, () -> n.emit().div(n.gradient(), n.input(0))),
          "Reciprocal", PowerGradients::reciprocal);

  private PowerGradients() {}

  private static void power(NodeGradient n) {
    Emitter e = n.emit();
    n.giveBroadcast(0, () -> e.mul(n.gradient(), slope(n)));
    n.giveBroadcast(
        1,
        () -> {
          String base = n.input(0);
          String positive = e.op("Greater", base, e.number(0, base));
          String safe = e.op("Where", positive, base, e.number(1, base));
          String product = e.mul(e.mul(n.gradient(), n.output(0)), e.op("Log", safe));
          return n.type(0) == n.type(1) ? product : e.cast(product, n.type(1));
        });
  }

  /** {@code b a^(b-1)}. */
  private static String slope(NodeGradient n) {
    Emitter e = n.emit();
    String base = n.input(0);
    Optional<Double> exponent = n.constant(1).flatMap(PowerGradients::only);
    if (exponent.isPresent()) {
      double b = exponent.get();
      String lower = b == 2 ? base : e.op("Pow", base, e.number(b - 1, base));
      return e.scaled(lower, b, base);
    }
    String b = n.type(0) == n.type(1) ? n.input(1) : e.cast(n.input(1), n.type(0));
    return e.mul(b, e.op("Pow", base, e.sub(b, e.number(1, base))));
  }

  private static Optional<Double> only(Tensor exponent) {
    if (exponent.elementCount() != 1) {
      return Optional.empty();
    }
    if (exponent.type() == ElementType.FLOAT64) {
      return Optional.of(exponent.bytes().getDouble());
    }
    return Optional.of(
        exponent.type().isFloat()
            ? (double) exponent.toFloats()[0]
            : (double) exponent.toLongs()[0]);
  }

  private static void root(NodeGradient n) {
    Emitter e = n.emit();
    n.give(0, () -> e.div(e.scaled(n.gradient(), 0.5, n.output(0)), n.output(0)));
  }

  private static void reciprocal(NodeGradient n) {
    Emitter e = n.emit();
    n.give(0, () -> e.op("Neg", e.mul(n.gradient(), e.mul(n.output(0), n.output(0)))));
  }
}
