package dev.retort.autodiff;

import dev.retort.graph.Attribute;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * The two halves of a convolution's gradient, which Conv, ConvTranspose and AveragePool share.
 *
 * <p>With {@code y[n, m, o] = sum over c, k of x[n, c, o s + k d - begin] w[m, c, k]}:
 *
 * <pre>
 * dx = ConvTranspose(g, w)       cut or padded to the size of x
 * dw[m, c, k] = sum over n, o of g[n, m, o] x[n, c, o s + k d - begin]
 * </pre>
 *
 * <p>{@code dw} without groups is one matrix product: {@code g} as {@code [M, N O]} times, for each
 * tap {@code k}, the strided slice of {@code x} that it sees, as {@code [K C, N O]}. With groups,
 * or over one channel, it is a Conv over the transposed tensors, in which strides and dilations
 * change places: one product of so few columns would be slower.
 */
final class WindowGradients {
  private WindowGradients() {}

  /** The gradient by {@code windows.data()}, for the gradient {@code g [N, M, O...]}. */
  static String byData(NodeGradient n, SlidingWindows windows, String g, String w, long group) {
    Emitter e = n.emit();
    Optional<List<Long>> added = addedPlaces(n, windows);
    Map<String, Attribute> attributes = windows.attributes(group);
    if (added.isPresent()) {
      attributes.put("pads", windows.padsAttribute());
      attributes.put("output_padding", new Attribute.Ints(added.get()));
      return e.op("ConvTranspose", attributes, g, w);
    }
    return cut(e, windows, e.op("ConvTranspose", attributes, g, w));
  }

  /** The places at the end of each axis that no window reaches; empty if unknown before a run. */
  private static Optional<List<Long>> addedPlaces(NodeGradient n, SlidingWindows windows) {
    List<Long> added = new ArrayList<>();
    for (int axis = 0; axis < windows.axes(); axis++) {
      long stride = windows.strides().get(axis);
      Optional<Long> size =
          windows.pads().isPresent() ? Optional.empty() : n.fixedSize(windows.data(), axis + 2);
      if (size.isEmpty() && stride != 1) {
        return Optional.empty();
      }
      long room =
          size.isEmpty()
              ? 0
              : size.get()
                  + windows.begins().get(axis)
                  + windows.ends().get(axis)
                  - windows.span(axis);
      added.add(Math.floorMod(room, stride));
    }
    return Optional.of(added);
  }

  /** {@code full}, which has all places that a window reaches, as large as the data. */
  private static String cut(Emitter e, SlidingWindows windows, String full) {
    int axes = windows.axes();
    long[] around = new long[2 * axes + 4];
    for (int axis = 0; axis < axes; axis++) {
      around[axes + 4 + axis] = windows.strides().get(axis) - 1;
    }
    boolean padded = Arrays.stream(around).anyMatch(p -> p > 0);
    String enough = padded ? e.op("Pad", full, e.ints(around)) : full;
    String begins = e.ints(SlidingWindows.array(windows.begins()));
    return e.op("Slice", enough, begins, e.add(begins, windows.dataSizes(e)), spatial(e, axes));
  }

  private static String spatial(Emitter e, int axes) {
    return e.ints(LongStream.range(2, axes + 2L).toArray());
  }

  /**
   * The gradient by the weight {@code [M, C/group, k...]}.
   *
   * @param data {@code [N, C, D...]}, under the windows
   * @param g {@code [N, M, O...]}
   * @param weight a forward tensor with the shape of the result
   */
  static String byWeight(
      NodeGradient n, SlidingWindows windows, String data, String g, String weight, long group) {
    boolean oneChannel = n.fixedSize(weight, 1).filter(channels -> channels == 1).isPresent();
    return group == 1 && !oneChannel
        ? byProduct(n.emit(), windows, data, g, weight)
        : byConvolution(n.emit(), windows, data, g, weight, group);
  }

  private static String byProduct(
      Emitter e, SlidingWindows windows, String data, String g, String weight) {
    int axes = windows.axes();
    String columns = e.transposed(padded(e, windows, data), channelsFirst(axes));
    String rows = e.transposed(g, channelsFirst(axes));
    List<String> taps = taps(e, windows, columns, g);
    int count = taps.size();
    String seen =
        count == 1
            ? taps.get(0)
            : e.op("Concat", Map.of("axis", Attribute.of(0)), taps.toArray(String[]::new));
    String channels = e.sizes(weight, 1, 2);
    String flat = e.op("Flatten", Map.of("axis", Attribute.of(1)), seen);
    String product =
        e.op(
            "Gemm",
            Map.of("transB", Attribute.of(1)),
            e.op("Flatten", Map.of("axis", Attribute.of(1)), rows),
            flat);
    if (count == 1) {
      return e.reshapedLike(product, weight);
    }
    String parted = e.op("Reshape", product, e.joined(e.ints(-1, count), channels));
    return e.reshapedLike(e.transposed(parted, 0, 2, 1), weight);
  }

  /** For each tap of the kernel, what it sees of {@code [C, N, D...]}: {@code [C, N, O...]}. */
  private static List<String> taps(Emitter e, SlidingWindows windows, String data, String g) {
    int axes = windows.axes();
    boolean whole =
        windows.kernel().stream().allMatch(k -> k == 1)
            && windows.strides().stream().allMatch(s -> s == 1);
    if (whole) {
      return List.of(data);
    }
    String steps = e.ints(SlidingWindows.array(windows.strides()));
    String outputs = e.op("Slice", e.op("Shape", g), e.ints(2), e.ints(axes + 2L), e.ints(0));
    String reach = e.add(e.mul(e.sub(outputs, e.ints(1)), steps), e.ints(1));
    List<String> taps = new ArrayList<>();
    long[] tap = new long[axes];
    do {
      long[] start = new long[axes];
      for (int axis = 0; axis < axes; axis++) {
        start[axis] = tap[axis] * windows.dilations().get(axis);
      }
      String from = e.ints(start);
      taps.add(e.op("Slice", data, from, e.add(from, reach), spatial(e, axes), steps));
    } while (next(tap, windows.kernel()));
    return taps;
  }

  private static boolean next(long[] tap, List<Long> kernel) {
    for (int axis = tap.length - 1; axis >= 0; axis--) {
      tap[axis]++;
      if (tap[axis] < kernel.get(axis)) {
        return true;
      }
      tap[axis] = 0;
    }
    return false;
  }

  private static String padded(Emitter e, SlidingWindows windows, String data) {
    int axes = windows.axes();
    long[] around = new long[2 * axes + 4];
    for (int axis = 0; axis < axes; axis++) {
      around[axis + 2] = windows.begins().get(axis);
      around[axes + 4 + axis] = windows.ends().get(axis);
    }
    return Arrays.stream(around).allMatch(p -> p == 0) ? data : e.op("Pad", data, e.ints(around));
  }

  /** {@code [C, N, D...]} of {@code [N, C, D...]}. */
  private static long[] channelsFirst(int axes) {
    long[] permutation = LongStream.range(0, axes + 2L).toArray();
    permutation[0] = 1;
    permutation[1] = 0;
    return permutation;
  }

  /**
   * For each group a Conv of {@code [C/group, N, D...]} with {@code [M/group, N, O...]}: all in
   * one, with {@code group N} channels.
   */
  private static String byConvolution(
      Emitter e, SlidingWindows windows, String data, String g, String weight, long group) {
    int axes = windows.axes();
    String shape = e.op("Shape", data);
    String batch = e.op("Slice", shape, e.ints(0), e.ints(1), e.ints(0));
    String places = e.op("Slice", shape, e.ints(2), e.ints(axes + 2L), e.ints(0));
    String channels = e.sizes(weight, 1, 2);
    String grouped = e.op("Reshape", data, e.joined(batch, e.ints(group), channels, places));
    long[] permutation = LongStream.range(0, axes + 3L).toArray();
    permutation[0] = 2;
    permutation[1] = 1;
    permutation[2] = 0;
    String swapped = e.transposed(grouped, permutation);
    String merged = e.op("Reshape", swapped, e.joined(channels, e.ints(-1), places));
    String kernels = e.transposed(g, channelsFirst(axes));
    String result =
        e.op(
            "Conv",
            Map.of(
                "strides",
                new Attribute.Ints(windows.dilations()),
                "dilations",
                new Attribute.Ints(windows.strides()),
                "pads",
                windows.padsAttribute(),
                "group",
                Attribute.of(group)),
            merged,
            kernels);
    String taps =
        e.op(
            "Slice",
            result,
            e.ints(SlidingWindows.array(Collections.nCopies(axes, 0L))),
            e.ints(SlidingWindows.array(windows.kernel())),
            spatial(e, axes));
    return e.transposed(taps, channelsFirst(axes));
  }
}
