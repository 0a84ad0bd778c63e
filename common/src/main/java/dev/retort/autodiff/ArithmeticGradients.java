package dev.retort.autodiff;

import java.util.Map;

/**
 * Arithmetic with broadcasting. A gradient is summed over what broadcasting repeated.
 *
 * <pre>
 * Add, Sum   y = a + b + ...   da = g
 * Sub        y = a - b         da = g         db = -g
 * Mul        y = a b           da = g b       db = g a
 * Div        y = a / b         da = g / b     db = -g y / b
 * Neg        y = -a            da = -g
 * Mean       y = (a + ...)/n   da = g / n
 * </pre>
 *
 * <p>Refuses operands whose type is unknown.
 */
final class ArithmeticGradients {
  static final Map<String, GradientRule> RULES =
      Map.of(
          "Add", ArithmeticGradients::sum,
          "Sum", ArithmeticGradients::sum,
          "Sub", ArithmeticGradients::difference,
          "Mul", ArithmeticGradients::product,
          "Div", ArithmeticGradients::quotient,
          "Neg", n -> n.give(0, () -> n.emit().op("Neg", n.gradient())),
          "Mean", ArithmeticGradients::mean);

  private ArithmeticGradients() {}

  private static void sum(NodeGradient n) {
    for (int i = 0; i < n.node().inputs().size(); i++) {
      n.giveBroadcast(i, n::gradient);
    }
  }

  private static void difference(NodeGradient n) {
    n.giveBroadcast(0, n::gradient);
    n.give(1, () -> n.emit().op("Neg", n.emit().summedTo(n.gradient(), n.output(0), n.input(1))));
  }

  private static void product(NodeGradient n) {
    n.giveBroadcast(0, () -> n.emit().mul(n.gradient(), n.input(1)));
    n.giveBroadcast(1, () -> n.emit().mul(n.gradient(), n.input(0)));
  }

  /** Sums before it divides: the divisor is the same along what was repeated. */
  private static void quotient(NodeGradient n) {
    Emitter e = n.emit();
    String b = n.input(1);
    n.giveBroadcast(0, () -> e.div(n.gradient(), b));
    n.give(
        1,
        () -> {
          String sum = e.summedTo(e.mul(n.gradient(), n.output(0)), n.output(0), b);
          return e.op("Neg", e.div(sum, b));
        });
  }

  private static void mean(NodeGradient n) {
    int count = n.node().inputs().size();
    for (int i = 0; i < count; i++) {
      n.giveBroadcast(i, () -> n.emit().scaled(n.gradient(), 1.0 / count, n.output(0)));
    }
  }
}
