package dev.retort.autodiff;

import dev.retort.graph.Attribute;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Pools over windows.
 *
 * <pre>
 * MaxPool       dx = g at the place of the maximum (the node returns it as Indices), summed
 *               where windows overlap; windows that tile an image: {@link TiledMaxPool}
 * AveragePool   dx = each window's g / its divisor, repeated over the window
 * </pre>
 *
 * <p>The divisor of a window is taken from the operator itself, as the average of ones says it, so
 * that it is that of ONNX Runtime for any pads and for {@code ceil_mode}.
 *
 * <p>Refuses MaxPool with {@code storage_order} 1.
 */
final class PoolGradients {
  static final Map<String, GradientRule> RULES =
      Map.of("MaxPool", PoolGradients::max, "AveragePool", PoolGradients::average);

  private PoolGradients() {}

  private static void max(NodeGradient n) {
    if (n.node().intAttribute("storage_order", 0) != 0) {
      throw new NoGradient("its storage_order is 1, must be 0");
    }
    Emitter e = n.emit();
    String x = n.input(0);
    SlidingWindows windows =
        SlidingWindows.of(n, n.node().intsAttribute("kernel_shape", List.of()));
    Attribute ones = new Attribute.Ints(Collections.nCopies(windows.axes(), 1L));
    n.give(
        0,
        () -> {
          if (TiledMaxPool.fits(n, windows)) {
            return TiledMaxPool.gradient(n, windows);
          }
          String indices = indices(n);
          if (windows.areDisjoint() && n.type(0) == ElementType.FLOAT32) {
            // The kernel only says how small the output may be; one of 1 allows any.
            return e.op(
                "MaxUnpool", Map.of("kernel_shape", ones), n.gradient(), indices, e.shapeOf(x));
          }
          String zeros = e.zeros(e.reshaped(e.op("Size", x), 1), n.type(0));
          Map<String, Attribute> attributes =
              windows.areDisjoint() ? Map.of() : Map.of("reduction", Attribute.of("add"));
          String scattered =
              e.op(
                  "ScatterElements",
                  attributes,
                  zeros,
                  e.reshaped(indices, -1),
                  e.reshaped(n.gradient(), -1));
          return e.reshapedLike(scattered, x);
        });
  }

  /** The output Indices, which the node computes from now on. */
  private static String indices(NodeGradient n) {
    if (!n.output(1).isEmpty()) {
      return n.output(1);
    }
    String indices = n.emit().editor().freshName(n.output(0) + ".indices");
    n.emit().editor().replace(n.node(), n.node().withOutputs(List.of(n.output(0), indices)));
    return indices;
  }

  private static void average(NodeGradient n) {
    Emitter e = n.emit();
    String x = n.input(0);
    SlidingWindows stated = SlidingWindows.of(n, n.node().intsAttribute("kernel_shape", List.of()));
    int axes = stated.axes();
    n.give(
        0,
        () -> {
          String places = e.sizes(x, 2, axes + 2);
          String ones = e.constantOf(1, e.joined(e.ints(1, 1), places), n.type(0));
          String averages = e.op("AveragePool", n.node().attributes(), ones);
          SlidingWindows windows = roundedUp(n, stated);
          String kernel = kernel(e, windows, n.type(0));
          String counts = counts(e, windows, ones, kernel);
          String shares = e.mul(n.gradient(), e.div(averages, counts));
          String outputs = e.op("Shape", averages);
          String each =
              e.op(
                  "Reshape",
                  shares,
                  e.joined(
                      e.ints(-1), e.op("Slice", outputs, e.ints(1), e.ints(axes + 2L), e.ints(0))));
          String spread =
              windows.withoutPads(e, WindowGradients.byData(n, windows, each, kernel, 1));
          return e.op("Reshape", spread, e.shapeOf(x));
        });
  }

  private static String kernel(Emitter e, SlidingWindows windows, ElementType type) {
    long[] shape =
        LongStream.concat(LongStream.of(1, 1), windows.kernel().stream().mapToLong(k -> k))
            .toArray();
    return e.filled(1, type, Dims.of(shape));
  }

  /** How many places of the input are under each window. */
  private static String counts(Emitter e, SlidingWindows windows, String ones, String kernel) {
    Map<String, Attribute> attributes = windows.attributes(1);
    attributes.put("pads", windows.padsAttribute());
    String data = windows.pads().map(around -> e.op("Pad", ones, around)).orElse(ones);
    return e.op("Conv", attributes, data, kernel);
  }

  /** With {@code ceil_mode} a last window may reach beyond the end: more zeros stand there. */
  private static SlidingWindows roundedUp(NodeGradient n, SlidingWindows windows) {
    if (n.node().intAttribute("ceil_mode", 0) == 0
        || !n.node().textAttribute("auto_pad", "NOTSET").equals("NOTSET")) {
      return windows;
    }
    List<Long> ends = new ArrayList<>(windows.ends());
    for (int axis = 0; axis < windows.axes(); axis++) {
      long stride = windows.strides().get(axis);
      Optional<Long> size = n.fixedSize(n.input(0), axis + 2);
      Optional<Long> output = n.fixedSize(n.output(0), axis + 2);
      if (stride > 1 && (size.isEmpty() || output.isEmpty())) {
        throw new NoGradient("its ceil_mode is 1 over an input of symbolic size");
      }
      if (stride > 1) {
        long covered = (output.get() - 1) * stride + windows.span(axis);
        long present = size.get() + windows.begins().get(axis) + ends.get(axis);
        ends.set(axis, ends.get(axis) + Math.max(0, covered - present));
      }
    }
    return windows.padded(windows.begins(), Collections.unmodifiableList(ends));
  }
}
