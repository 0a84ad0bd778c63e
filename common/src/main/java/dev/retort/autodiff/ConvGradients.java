package dev.retort.autodiff;

import dev.retort.graph.Attribute;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Convolutions over 1 to 3 spatial axes, of fixed or symbolic size.
 *
 * <pre>
 * Conv            dx, dw: {@link WindowGradients}
 *                 db = g summed over all axes but the channels
 * ConvTranspose   dx = Conv(g, w)
 *                 dw: as a Conv's, in which x and g change places
 *                 db: as a Conv's
 * </pre>
 *
 * <p>Refuses weights whose spatial sizes are not fixed, ConvTranspose with {@code output_shape}
 * over an input of symbolic size, and one whose pads would be negative.
 */
final class ConvGradients {
  static final Map<String, GradientRule> RULES =
      Map.of("Conv", ConvGradients::conv, "ConvTranspose", ConvGradients::transposed);

  private ConvGradients() {}

  private static void conv(NodeGradient n) {
    long group = n.node().intAttribute("group", 1);
    SlidingWindows windows = SlidingWindows.of(n, kernel(n));
    n.give(
        0,
        () ->
            windows.withoutPads(
                n.emit(), WindowGradients.byData(n, windows, n.gradient(), n.input(1), group)));
    n.give(
        1,
        () ->
            WindowGradients.byWeight(n, windows, windows.data(), n.gradient(), n.input(1), group));
    bias(n);
  }

  private static void bias(NodeGradient n) {
    n.give(2, () -> n.emit().sum(n.gradient(), NodeGradient.axesBut(1, 0, n.rank(0))));
  }

  private static List<Long> kernel(NodeGradient n) {
    int rank = n.rank(1);
    return LongStream.range(2, rank)
        .map(
            axis ->
                n.fixedSize(n.input(1), (int) axis)
                    .orElseThrow(() -> new NoGradient("the size of its weight is not fixed")))
        .boxed()
        .toList();
  }

  private static void transposed(NodeGradient n) {
    long group = n.node().intAttribute("group", 1);
    SlidingWindows windows = transposedWindows(n);
    n.give(0, () -> byTransposedData(n, windows, group));
    n.give(
        1, () -> WindowGradients.byWeight(n, windows, n.gradient(), n.input(0), n.input(1), group));
    bias(n);
  }

  private static String byTransposedData(NodeGradient n, SlidingWindows windows, long group) {
    Map<String, Attribute> attributes = windows.attributes(group);
    attributes.put("pads", windows.padsAttribute());
    return n.emit().op("Conv", attributes, n.gradient(), n.input(1));
  }

  /** The windows that slide over the output of a ConvTranspose, one for each place of its input. */
  private static SlidingWindows transposedWindows(NodeGradient n) {
    List<Long> kernel = kernel(n);
    int axes = kernel.size();
    List<Long> ones = Collections.nCopies(axes, 1L);
    List<Long> zeros = Collections.nCopies(axes, 0L);
    SlidingWindows bare =
        new SlidingWindows(
            n.output(0),
            kernel,
            n.node().intsAttribute("strides", ones),
            n.node().intsAttribute("dilations", ones),
            zeros,
            zeros,
            Optional.empty());
    String autoPad = n.node().textAttribute("auto_pad", "NOTSET");
    boolean stated = n.node().attribute("output_shape").isPresent();
    if (!stated && !autoPad.startsWith("SAME")) {
      List<Long> pads = n.node().intsAttribute("pads", Collections.nCopies(2 * axes, 0L));
      return autoPad.equals("VALID")
          ? bare
          : bare.padded(pads.subList(0, axes), pads.subList(axes, 2 * axes));
    }
    long[] totals = new long[axes];
    for (int axis = 0; axis < axes; axis++) {
      totals[axis] = total(n, bare, axis, stated);
    }
    List<Long> less = LongStream.of(totals).map(t -> t / 2).boxed().toList();
    List<Long> more = LongStream.of(totals).map(t -> t - t / 2).boxed().toList();
    return autoPad.equals("SAME_UPPER") ? bare.padded(less, more) : bare.padded(more, less);
  }

  /** The pads of both ends of {@code axis} together. */
  private static long total(NodeGradient n, SlidingWindows windows, int axis, boolean stated) {
    long stride = windows.strides().get(axis);
    List<Long> adds = n.node().intsAttribute("output_padding", List.of());
    long full = windows.span(axis) + (adds.isEmpty() ? 0 : adds.get(axis));
    long total = full - stride;
    if (stated) {
      List<Long> output = n.node().intsAttribute("output_shape", List.of());
      long wanted = output.get(output.size() - windows.axes() + axis);
      long size =
          n.fixedSize(n.input(0), axis + 2)
              .orElseThrow(
                  () -> new NoGradient("its output_shape is stated, its input's size is not"));
      total = (size - 1) * stride + full - wanted;
    }
    if (total < 0) {
      throw new NoGradient("its pads would be negative");
    }
    return total;
  }
}
