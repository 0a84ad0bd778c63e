package dev.retort.autodiff;

import java.util.HashMap;
import java.util.Map;

/**
 * Functions of one argument.
 *
 * <pre>
 * Erf        dx = g 2/sqrt(pi) e^(-x^2)
 * Sin, Cos   dx = g cos(x)   and   dx = -g sin(x)
 * Softplus   dx = g sigmoid(x)
 * Softsign   dx = g / (1 + |x|)^2
 * Gelu       y = x P, P = (1 + erf(x / sqrt 2)) / 2:   dx = g (P + x e^(-x^2/2) / sqrt(2 pi))
 * QuickGelu  y = x s, s = sigmoid(a x):                      dx = g (s + a y (1 - s))
 * FastGelu   y = x (1 + t)/2, t = tanh(c (x + 0.044715 x^3)), c = sqrt(2/pi), x with the bias:
 *            dx = g ((1 + t)/2 + x (1 - t^2) c (1 + 0.134145 x^2)/2)
 * Floor, Ceil, Round, Sign   0
 * </pre>
 *
 * <p>Gelu, QuickGelu and FastGelu are of {@code com.microsoft}.
 */
final class FunctionGradients {
  private static final double TWO_BY_ROOT_PI = 2 / Math.sqrt(Math.PI);
  private static final double ROOT_HALF = Math.sqrt(0.5);
  private static final double DENSITY = 1 / Math.sqrt(2 * Math.PI);
  private static final double TANH_SCALE = Math.sqrt(2 / Math.PI);
  private static final double CUBIC = 0.044715;

  static final Map<String, GradientRule> RULES = rules();

  private FunctionGradients() {}

  private static Map<String, GradientRule> rules() {
    Map<String, GradientRule> rules = new HashMap<>();
    rules.put("Erf", n -> slope(n, erf(n.emit(), n.input(0))));
    rules.put("Sin", n -> slope(n, n.emit().op("Cos", n.input(0))));
    rules.put("Cos", n -> slope(n, n.emit().op("Neg", n.emit().op("Sin", n.input(0)))));
    rules.put("Softplus", n -> slope(n, n.emit().op("Sigmoid", n.input(0))));
    rules.put("Softsign", n -> slope(n, softsign(n.emit(), n.input(0))));
    rules.put("com.microsoft::Gelu", n -> slope(n, gelu(n.emit(), n.input(0))));
    rules.put("com.microsoft::QuickGelu", n -> slope(n, quickGelu(n)));
    rules.put("com.microsoft::FastGelu", FunctionGradients::fastGelu);
    for (String op : new String[] {"Floor", "Ceil", "Round", "Sign"}) {
      rules.put(op, n -> zero(n));
    }
    return Map.copyOf(rules);
  }

  private static void slope(NodeGradient n, String slope) {
    n.give(0, () -> n.emit().mul(n.gradient(), slope));
  }

  private static void zero(NodeGradient n) {
    n.gradient();
    n.none(0);
  }

  private static String erf(Emitter e, String x) {
    return e.scaled(e.op("Exp", e.op("Neg", e.mul(x, x))), TWO_BY_ROOT_PI, x);
  }

  private static String softsign(Emitter e, String x) {
    String grown = e.add(e.op("Abs", x), e.number(1, x));
    return e.op("Reciprocal", e.mul(grown, grown));
  }

  private static String gelu(Emitter e, String x) {
    String erf = e.op("Erf", e.scaled(x, ROOT_HALF, x));
    String probability = e.scaled(e.add(erf, e.number(1, x)), 0.5, x);
    String density = e.scaled(e.op("Exp", e.scaled(e.mul(x, x), -0.5, x)), DENSITY, x);
    return e.add(probability, e.mul(x, density));
  }

  private static String quickGelu(NodeGradient n) {
    Emitter e = n.emit();
    String x = n.input(0);
    double alpha = n.node().floatAttribute("alpha", 1.702f);
    String sigmoid = e.op("Sigmoid", e.scaled(x, alpha, x));
    String rest = e.mul(n.output(0), e.sub(e.number(1, x), sigmoid));
    return e.add(sigmoid, e.scaled(rest, alpha, x));
  }

  private static void fastGelu(NodeGradient n) {
    Emitter e = n.emit();
    String like = n.input(0);
    String x = n.node().hasInput(1) ? e.add(like, n.input(1)) : like;
    String square = e.mul(x, x);
    String one = e.number(1, like);
    String inner = e.mul(x, e.add(one, e.scaled(square, CUBIC, like)));
    String tanh = e.op("Tanh", e.scaled(inner, TANH_SCALE, like));
    String half = e.scaled(e.add(tanh, one), 0.5, like);
    String steep = e.mul(x, e.sub(one, e.mul(tanh, tanh)));
    String growth = e.add(one, e.scaled(square, 3 * CUBIC, like));
    String slope = e.add(half, e.scaled(e.mul(steep, growth), TANH_SCALE / 2, like));
    String product = e.mul(n.gradient(), slope);
    n.give(0, () -> product);
    n.giveBroadcast(1, () -> product);
  }
}
