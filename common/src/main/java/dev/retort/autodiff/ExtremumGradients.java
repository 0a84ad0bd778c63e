package dev.retort.autodiff;

import java.util.Map;

/**
 * Choices by value.
 *
 * <pre>
 * Max, Min   y = max(a, b, ...)        da = g where a = y, divided by the number of inputs that do
 * Clip       y = min(max(x, lo), hi)   dx = g where lo &lt;= x &lt;= hi
 *                                      dlo = g where x &lt; lo      dhi = g where x &gt; hi
 * Abs        y = |x|                   dx = g sign(x)
 * Where      y = c ? a : b             da = g where c                db = g where not c
 * </pre>
 */
final class ExtremumGradients {
  static final Map<String, GradientRule> RULES =
      Map.of(
          "Max", ExtremumGradients::extremum,
          "Min", ExtremumGradients::extremum,
          "Clip", ExtremumGradients::clip,
          "Abs", n -> n.give(0, () -> n.emit().mul(n.gradient(), n.emit().op("Sign", n.input(0)))),
          "Where", ExtremumGradients::where);

  private ExtremumGradients() {}

  private static void extremum(NodeGradient n) {
    Emitter e = n.emit();
    int inputs = n.node().inputs().size();
    if (inputs == 1) {
      n.give(0, n::gradient);
      return;
    }
    String[] reached = new String[inputs];
    for (int i = 0; i < inputs; i++) {
      reached[i] = e.cast(e.op("Equal", n.input(i), n.output(0)), e.type(n.output(0)));
    }
    String share = e.div(n.gradient(), e.op("Sum", reached));
    for (int i = 0; i < inputs; i++) {
      String mask = reached[i];
      n.giveBroadcast(i, () -> e.mul(share, mask));
    }
  }

  private static void clip(NodeGradient n) {
    Emitter e = n.emit();
    String x = n.input(0);
    n.give(
        0,
        () -> {
          String gradient = n.gradient();
          if (n.node().hasInput(1)) {
            gradient = e.where(e.op("GreaterOrEqual", x, n.input(1)), gradient, x);
          }
          return n.node().hasInput(2)
              ? e.where(e.op("LessOrEqual", x, n.input(2)), gradient, x)
              : gradient;
        });
    n.giveBroadcast(1, () -> e.where(e.op("Less", x, n.input(1)), n.gradient(), x));
    n.giveBroadcast(2, () -> e.where(e.op("Greater", x, n.input(2)), n.gradient(), x));
  }

  private static void where(NodeGradient n) {
    Emitter e = n.emit();
    n.giveBroadcast(1, () -> e.where(n.input(0), n.gradient(), n.output(0)));
    n.giveBroadcast(2, () -> e.op("Where", n.input(0), e.number(0, n.output(0)), n.gradient()));
  }
}
