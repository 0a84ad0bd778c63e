package dev.retort.autodiff;

import dev.retort.graph.Attribute;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The gradient of a MaxPool whose windows tile an image {@code [N, C, H, W]}, as most do, without
 * the places of the maxima, whose search takes ONNX Runtime twenty times the time of the pool.
 *
 * <pre>
 * m = (x = up(y))                  up repeats each value over its window
 * dx = m up(g / sum of m over the window)
 * </pre>
 *
 * <p>Equal maxima of a window share its gradient. Rows and columns behind the last whole window
 * have the gradient 0.
 */
final class TiledMaxPool {
  private TiledMaxPool() {}

  /** Whether the windows lie side by side, without pads, over an image of fixed size. */
  static boolean fits(NodeGradient n, SlidingWindows windows) {
    return windows.axes() == 2
        && n.type(0) == ElementType.FLOAT32
        && windows.kernel().equals(windows.strides())
        && windows.dilations().stream().allMatch(d -> d == 1)
        && windows.begins().stream().allMatch(p -> p == 0)
        && windows.ends().stream().allMatch(p -> p == 0)
        && windows.pads().isEmpty()
        && n.node().intAttribute("ceil_mode", 0) == 0
        && n.fixedSize(n.input(0), 2).isPresent()
        && n.fixedSize(n.input(0), 3).isPresent();
  }

  static String gradient(NodeGradient n, SlidingWindows windows) {
    Emitter e = n.emit();
    String x = n.input(0);
    long[] rest =
        IntStream.range(0, 2)
            .mapToLong(axis -> n.fixedSize(x, axis + 2).orElseThrow() % windows.kernel().get(axis))
            .toArray();
    boolean whole = rest[0] == 0 && rest[1] == 0;
    String tiled = whole ? x : e.op("Slice", x, e.ints(0, 0), covered(n, rest), e.ints(2, 3));
    String mask = e.cast(e.op("Equal", tiled, up(e, windows, n.output(0))), n.type(0));
    String share =
        e.op(
            "AveragePool",
            Map.of(
                "kernel_shape", new Attribute.Ints(windows.kernel()),
                "strides", new Attribute.Ints(windows.strides())),
            mask);
    double places = windows.kernel().get(0) * (double) windows.kernel().get(1);
    String each = e.div(e.scaled(n.gradient(), 1 / places, x), share);
    String spread = e.mul(mask, up(e, windows, each));
    return whole ? spread : e.op("Pad", spread, e.ints(0, 0, 0, 0, 0, 0, rest[0], rest[1]));
  }

  /** The rows and columns under windows. */
  private static String covered(NodeGradient n, long[] rest) {
    return n.emit()
        .ints(
            n.fixedSize(n.input(0), 2).orElseThrow() - rest[0],
            n.fixedSize(n.input(0), 3).orElseThrow() - rest[1]);
  }

  /** Each value repeated over its window. */
  private static String up(Emitter e, SlidingWindows windows, String tensor) {
    Tensor scales =
        Tensor.ofFloats(Dims.of(4), 1, 1, windows.kernel().get(0), windows.kernel().get(1));
    return e.op(
        "Resize",
        Map.of(
            "mode", Attribute.of("nearest"),
            "coordinate_transformation_mode", Attribute.of("asymmetric"),
            "nearest_mode", Attribute.of("floor")),
        tensor,
        "",
        e.constant(scales));
  }
}
