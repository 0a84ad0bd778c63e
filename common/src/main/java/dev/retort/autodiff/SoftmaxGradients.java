package dev.retort.autodiff;

import java.util.Map;

/**
 * Softmax and its logarithm over one axis.
 *
 * <pre>
 * Softmax      dx = y (g - sum(g y))
 * LogSoftmax   dx = g - e^y sum(g)
 * </pre>
 */
final class SoftmaxGradients {
  static final Map<String, GradientRule> RULES =
      Map.of("Softmax", SoftmaxGradients::softmax, "LogSoftmax", SoftmaxGradients::logarithm);

  private SoftmaxGradients() {}

  private static void softmax(NodeGradient n) {
    Emitter e = n.emit();
    String y = n.output(0);
    long axis = n.node().intAttribute("axis", -1);
    n.give(
        0,
        () -> {
          String mean = e.sumKeeping(e.mul(n.gradient(), y), axis);
          return e.mul(y, e.sub(n.gradient(), mean));
        });
  }

  private static void logarithm(NodeGradient n) {
    Emitter e = n.emit();
    long axis = n.node().intAttribute("axis", -1);
    n.give(
        0,
        () -> {
          String sum = e.sumKeeping(n.gradient(), axis);
          return e.sub(n.gradient(), e.mul(e.op("Exp", n.output(0)), sum));
        });
  }
}
