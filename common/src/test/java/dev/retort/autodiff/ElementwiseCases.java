package dev.retort.autodiff;

import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Arithmetic, functions and activations. */
final class ElementwiseCases {
  private ElementwiseCases() {}

  static List<Family> all() {
    List<Family> all = new ArrayList<>();
    Stream.of("Add", "Sub", "Mul").forEach(op -> all.add(Family.wide(op, c -> binary(c, op))));
    all.add(Family.wide("Div", ElementwiseCases::quotient));
    all.add(Family.wide("Neg", c -> c.node("Neg", List.of(any(c)))));
    all.add(Family.wide("Sum", c -> several(c, "Sum", false)));
    all.add(Family.linear("Mean", c -> several(c, "Mean", false)));
    all.add(Family.wide("Max", c -> several(c, "Max", true)));
    all.add(Family.wide("Min", c -> several(c, "Min", true)));
    all.add(Family.wide("Pow of two inputs", ElementwiseCases::power));
    all.add(Family.wide("Pow by a constant", ElementwiseCases::powerOfConstant));
    for (String op : List.of("Sqrt", "Log", "Reciprocal")) {
      all.add(Family.wide(op, c -> c.node(op, List.of(c.between(0.5, 3, dims(c))))));
    }
    for (String op : List.of("Exp", "Sigmoid", "Tanh")) {
      all.add(Family.wide(op, c -> c.node(op, List.of(any(c)))));
    }
    for (String op : List.of("Erf", "Softplus", "HardSwish", "Sin", "Cos")) {
      all.add(Family.smooth(op, c -> c.node(op, List.of(any(c)))));
    }
    all.add(Family.smooth("Softsign", c -> c.node("Softsign", List.of(c.spread(dims(c))))));
    for (String op : List.of("Gelu", "QuickGelu")) {
      all.add(Family.smooth(op, c -> c.nodes("com.microsoft", op, 1, List.of(any(c))).get(0)));
    }
    all.add(Family.smooth("FastGelu", ElementwiseCases::fastGelu));
    for (String op : List.of("Abs", "Relu")) {
      all.add(Family.wide(op, c -> c.node(op, List.of(c.spread(dims(c))))));
    }
    for (String op : List.of("Floor", "Ceil", "Round", "Sign")) {
      all.add(Family.wide(op, c -> step(c, op)));
    }
    all.add(Family.wide("Clip", ElementwiseCases::clip));
    all.add(Family.wide("Where", ElementwiseCases::where));
    all.add(
        Family.wide(
            "LeakyRelu",
            c -> c.node("LeakyRelu", List.of(c.spread(dims(c))), "alpha", c.random.nextFloat())));
    all.add(
        new Family(
            "Elu",
            ElementType.FLOAT32,
            0.03,
            3e-4,
            c -> List.of(c.node("Elu", List.of(c.spread(dims(c))), "alpha", 0.5f))));
    all.add(Family.wide("PRelu", ElementwiseCases::parametricRelu));
    all.add(Family.smooth("HardSigmoid", ElementwiseCases::hardSigmoid));
    all.add(Family.wide("Softmax", c -> overAxis(c, "Softmax")));
    all.add(Family.wide("LogSoftmax", c -> overAxis(c, "LogSoftmax")));
    return all;
  }

  static long[] dims(Case c) {
    return c.sizes(c.pick(0, 4), 1, 3);
  }

  private static String any(Case c) {
    return c.data(dims(c));
  }

  private static String binary(Case c, String op) {
    long[] dims = dims(c);
    return c.random.nextInt(8) == 0
        ? twice(c, op, c.data(dims))
        : c.node(
            op,
            c.random.nextBoolean()
                ? List.of(c.data(dims), c.data(c.part(dims)))
                : List.of(c.data(c.part(dims)), c.data(dims)));
  }

  private static String twice(Case c, String op, String x) {
    return c.node("Mul", List.of(x, c.node(op, List.of(x, x))));
  }

  private static String quotient(Case c) {
    long[] dims = dims(c);
    return c.random.nextBoolean()
        ? c.node("Div", List.of(c.data(dims), c.between(0.5, 2, c.part(dims))))
        : c.node("Div", List.of(c.data(c.part(dims)), c.between(-2, -0.5, dims)));
  }

  private static String several(Case c, String op, boolean apart) {
    long[] dims = dims(c);
    List<String> inputs = new ArrayList<>();
    int count = c.pick(1, 4);
    for (int i = 0; i < count; i++) {
      String x = apart ? c.spread(c.part(dims)) : c.data(c.part(dims));
      // Equal levels of two inputs must not meet.
      inputs.add(apart ? c.node("Add", List.of(x, c.number(0.05 * i))) : x);
    }
    return c.node(op, inputs);
  }

  private static String power(Case c) {
    long[] dims = dims(c);
    return c.node("Pow", List.of(c.between(0.5, 2, dims), c.between(-2, 2, c.part(dims))));
  }

  private static String powerOfConstant(Case c) {
    double exponent = c.pick(-2, 4) + 0.5 * c.pick(0, 1);
    boolean whole = exponent == Math.rint(exponent) && c.random.nextBoolean();
    String e =
        whole
            ? c.constant(Tensor.scalar((long) exponent))
            : c.constant(
                Case.floats(
                    c.random.nextBoolean() ? ElementType.FLOAT32 : ElementType.FLOAT64,
                    () -> exponent));
    return c.node("Pow", List.of(c.between(0.5, 2, dims(c)), e));
  }

  private static String fastGelu(Case c) {
    long last = c.pick(1, 4);
    List<String> inputs = new ArrayList<>(List.of(c.data(2, c.pick(1, 3), last)));
    if (c.random.nextBoolean()) {
      inputs.add(c.data(last));
    }
    return c.nodes("com.microsoft", "FastGelu", 1, inputs).get(0);
  }

  /** A step function beside a linear one, so that something has a gradient. */
  private static String step(Case c, String op) {
    long[] dims = dims(c);
    String x = c.between(0.1, 0.4, dims);
    return c.node("Add", List.of(x, c.node(op, List.of(x))));
  }

  private static String clip(Case c) {
    String x = c.spread(dims(c));
    boolean low = c.random.nextBoolean();
    boolean learned = c.random.nextBoolean();
    String least = learned ? c.between(-0.61, -0.59) : c.number(-0.6);
    String most = learned ? c.between(0.59, 0.61) : c.number(0.6);
    return switch (c.pick(0, 3)) {
      case 0 -> c.node("Clip", List.of(x));
      case 1 -> c.node("Clip", List.of(x, low ? least : "", low ? "" : most));
      case 2 -> c.node("Clip", List.of(x, least));
      default -> c.node("Clip", List.of(x, least, most));
    };
  }

  private static String where(Case c) {
    long[] dims = dims(c);
    long[] own = c.part(dims);
    byte[] bits = new byte[(int) Dims.of(own).elementCount()];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = (byte) c.random.nextInt(2);
    }
    String condition = c.given(Tensor.ofBytes(ElementType.BOOL, Dims.of(own), bits));
    return c.random.nextBoolean()
        ? c.node("Where", List.of(condition, c.data(dims), c.data(c.part(dims))))
        : c.node("Where", List.of(condition, c.data(c.part(dims)), c.data(dims)));
  }

  private static String parametricRelu(Case c) {
    long[] dims = c.sizes(c.pick(1, 4), 1, 3);
    return c.node("PRelu", List.of(c.spread(dims), c.data(c.part(dims))));
  }

  private static String hardSigmoid(Case c) {
    // Its kinks are at -1.8 and 2.4, in the middle between two levels.
    String x = c.spread(c.sizes(c.pick(1, 3), 1, 4));
    return c.node("HardSigmoid", List.of(x), "alpha", 1 / 4.2f, "beta", 1.8f / 4.2f);
  }

  private static String overAxis(Case c, String op) {
    long[] dims = c.sizes(c.pick(1, 4), 1, 4);
    return c.node(op, List.of(c.data(dims)), "axis", c.pick(-dims.length, dims.length - 1));
  }
}
