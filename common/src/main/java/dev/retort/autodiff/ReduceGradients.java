package dev.retort.autodiff;

import dev.retort.graph.Attribute;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Reductions over axes; {@code g} and {@code y} keep the reduced axes with size 1.
 *
 * <pre>
 * ReduceSum         dx = g                      ReduceMean        dx = g / count
 * ReduceSumSquare   dx = 2 g x                  ReduceL1          dx = g sign(x)
 * ReduceL2          dx = g x / y (0 at y = 0)   ReduceLogSum      dx = g e^(-y)
 * ReduceLogSumExp   dx = g e^(x - y)
 * ReduceMax, Min    dx = g where x = y, divided by the number of places that do
 * ReduceProd        dx = g times the product of the other elements
 * GlobalMaxPool, GlobalAveragePool: as ReduceMax and ReduceMean over the spatial axes
 * </pre>
 *
 * <p>Refuses axes that are computed at run time, and axes of inputs of unknown rank.
 */
final class ReduceGradients {
  static final Map<String, GradientRule> RULES = rules();

  private ReduceGradients() {}

  private static Map<String, GradientRule> rules() {
    Map<String, GradientRule> rules = new HashMap<>();
    rules.put("ReduceSum", n -> give(n, reduction(n), ReduceGradients::repeated));
    rules.put("ReduceMean", n -> give(n, reduction(n), ReduceGradients::mean));
    rules.put("ReduceSumSquare", n -> give(n, reduction(n), ReduceGradients::sumSquare));
    rules.put("ReduceL1", n -> give(n, reduction(n), ReduceGradients::absoluteSum));
    rules.put("ReduceL2", n -> give(n, reduction(n), ReduceGradients::length));
    rules.put("ReduceLogSum", n -> give(n, reduction(n), ReduceGradients::logSum));
    rules.put("ReduceLogSumExp", n -> give(n, reduction(n), ReduceGradients::logSumExp));
    rules.put("ReduceMax", n -> give(n, reduction(n), ReduceGradients::extremum));
    rules.put("ReduceMin", n -> give(n, reduction(n), ReduceGradients::extremum));
    rules.put("ReduceProd", n -> give(n, reduction(n), ReduceGradients::product));
    rules.put("GlobalAveragePool", n -> give(n, spatial(n), ReduceGradients::mean));
    rules.put("GlobalMaxPool", n -> give(n, spatial(n), ReduceGradients::extremum));
    return Map.copyOf(rules);
  }

  /**
   * A reduction's axes, none for all of them, and whether they can stay as they are in its output
   * to be broadcast.
   */
  private record Reduction(List<Long> axes, boolean all, boolean kept) {
    static Reduction ofAll() {
      return new Reduction(List.of(), true, true);
    }

    long[] axesArray() {
      return axes.stream().mapToLong(axis -> axis).toArray();
    }

    /** The sum over the axes, which stay with size 1. */
    String sum(Emitter e, String tensor) {
      return all ? e.op("ReduceSum", tensor) : e.sumKeeping(tensor, axesArray());
    }
  }

  /** What {@code dx} is for the gradient {@code g} and output {@code y} with all axes. */
  private interface Formula {
    String apply(NodeGradient n, Reduction reduction, String gradient, String output);
  }

  private static void give(NodeGradient n, Reduction reduction, Formula formula) {
    n.give(
        0,
        () ->
            formula.apply(
                n, reduction, kept(n, reduction, n.gradient()), kept(n, reduction, n.output(0))));
    n.none(1);
  }

  private static Reduction spatial(NodeGradient n) {
    return new Reduction(LongStream.range(2, n.rank(0)).boxed().toList(), false, true);
  }

  private static Reduction reduction(NodeGradient n) {
    List<Long> axes = n.node().intsAttribute("axes", List.of());
    if (n.node().hasInput(1)) {
      axes = n.values(1).orElseThrow(() -> new NoGradient("its axes are computed at run time"));
    }
    if (axes.isEmpty() && n.node().intAttribute("noop_with_empty_axes", 0) == 0) {
      return Reduction.ofAll();
    }
    boolean kept = axes.isEmpty() || n.node().intAttribute("keepdims", 1) != 0;
    int rank = kept && axes.isEmpty() ? 0 : n.rank(0);
    return new Reduction(
        axes.stream().map(axis -> (long) NodeGradient.axis(axis, rank)).sorted().toList(),
        false,
        kept);
  }

  private static String kept(NodeGradient n, Reduction reduction, String tensor) {
    return reduction.kept()
        ? tensor
        : n.emit().op("Unsqueeze", tensor, n.emit().ints(reduction.axesArray()));
  }

  private static String repeated(NodeGradient n, Reduction reduction, String g, String y) {
    return n.emit().op("Expand", g, n.emit().shapeOf(n.input(0)));
  }

  private static String mean(NodeGradient n, Reduction reduction, String g, String y) {
    Emitter e = n.emit();
    return repeated(n, reduction, e.mul(g, inverseCount(n, reduction)), y);
  }

  /** 1 / the number of elements that one output element is reduced from. */
  private static String inverseCount(NodeGradient n, Reduction reduction) {
    Emitter e = n.emit();
    String x = n.input(0);
    if (reduction.all()) {
      return n.fixedDims(0)
          .map(dims -> e.number(1.0 / dims.elementCount(), x))
          .orElseGet(() -> e.op("Reciprocal", e.cast(e.op("Size", x), e.type(x))));
    }
    long count = 1;
    for (long axis : reduction.axes()) {
      Optional<Long> size = n.fixedSize(x, (int) axis);
      if (size.isEmpty()) {
        String quotient = e.div(e.op("Size", x), e.op("Size", n.output(0)));
        return e.op("Reciprocal", e.cast(quotient, e.type(x)));
      }
      count *= size.get();
    }
    return e.number(1.0 / count, x);
  }

  private static String sumSquare(NodeGradient n, Reduction reduction, String g, String y) {
    Emitter e = n.emit();
    return e.mul(e.scaled(g, 2, n.input(0)), n.input(0));
  }

  private static String absoluteSum(NodeGradient n, Reduction reduction, String g, String y) {
    return n.emit().mul(g, n.emit().op("Sign", n.input(0)));
  }

  private static String length(NodeGradient n, Reduction reduction, String g, String y) {
    Emitter e = n.emit();
    String zero = e.op("Equal", y, e.number(0, n.input(0)));
    String safe = e.op("Where", zero, e.number(1, n.input(0)), y);
    return e.mul(e.div(g, safe), n.input(0));
  }

  private static String logSum(NodeGradient n, Reduction reduction, String g, String y) {
    Emitter e = n.emit();
    return repeated(n, reduction, e.mul(g, e.op("Exp", e.op("Neg", y))), y);
  }

  private static String logSumExp(NodeGradient n, Reduction reduction, String g, String y) {
    Emitter e = n.emit();
    return e.mul(g, e.op("Exp", e.sub(n.input(0), y)));
  }

  private static String extremum(NodeGradient n, Reduction reduction, String g, String y) {
    Emitter e = n.emit();
    String reached = e.cast(e.op("Equal", n.input(0), y), e.type(n.input(0)));
    String count = reduction.sum(e, reached);
    return e.mul(e.div(g, count), reached);
  }

  /** With one zero among the factors, only that place has a gradient; with more, none has. */
  private static String product(NodeGradient n, Reduction reduction, String g, String y) {
    Emitter e = n.emit();
    String x = n.input(0);
    String isZero = e.op("Equal", x, e.number(0, x));
    String factors = e.op("Where", isZero, e.number(1, x), x);
    String zeros = reduction.sum(e, e.cast(isZero, e.type(x)));
    String logs = productOf(n, reduction, factors);
    String others = e.sub(zeros, e.cast(isZero, e.type(x)));
    String noOther = e.op("Less", others, e.number(0.5, x));
    return e.where(noOther, e.mul(g, e.div(logs, factors)), x);
  }

  private static String productOf(NodeGradient n, Reduction reduction, String factors) {
    return reduction.all()
        ? n.emit().op("ReduceProd", factors)
        : n.emit()
            .op("ReduceProd", Map.of("axes", Attribute.ofInts(reduction.axesArray())), factors);
  }
}
