package dev.retort.autodiff;

import dev.retort.graph.Attribute;
import dev.retort.tensor.ElementType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Taking and adding places at fixed distances.
 *
 * <pre>
 * Slice              dx = g at the places that were taken, 0 elsewhere
 * Pad (constant)     dx = g with the pads taken away      dconstant = sum of g over the pads
 * Pad (edge,
 *      reflect)      dx = g with each added place summed to where its value came from
 * Expand, Tile       dx = g summed over what was repeated
 * </pre>
 *
 * <p>Starts, ends, steps, pads and repeats may be computed at run time. Refuses inputs of unknown
 * rank and axes that are computed at run time.
 */
final class SliceGradients {
  static final Map<String, GradientRule> RULES =
      Map.of(
          "Slice", SliceGradients::slice,
          "Pad", SliceGradients::pad,
          "Expand", SliceGradients::expand,
          "Tile", SliceGradients::tile);

  private SliceGradients() {}

  private static void slice(NodeGradient n) {
    int rank = n.rank(0);
    int[] axes = axes(n, rank);
    n.give(
        0,
        () ->
            asPad(n, axes, rank)
                .map(pads -> n.emit().op("Pad", n.gradient(), n.emit().ints(pads)))
                .orElseGet(() -> scattered(n, axes, rank)));
    for (int i = 1; i < 5; i++) {
      n.none(i);
    }
  }

  private static int[] axes(NodeGradient n, int rank) {
    if (!n.node().hasInput(3)) {
      int count =
          n.fixedSize(n.input(1), 0)
              .orElseThrow(() -> new NoGradient("the number of its starts is unknown"))
              .intValue();
      return LongStream.range(0, count).mapToInt(axis -> (int) axis).toArray();
    }
    return n
        .values(3)
        .orElseThrow(() -> new NoGradient("its axes are computed at run time"))
        .stream()
        .mapToInt(axis -> NodeGradient.axis(axis, rank))
        .toArray();
  }

  /** The zeros around what was taken; empty if a step is not 1 or a bound or size not fixed. */
  private static Optional<long[]> asPad(NodeGradient n, int[] axes, int rank) {
    Optional<List<Long>> starts = n.values(1);
    Optional<List<Long>> ends = n.values(2);
    boolean whole =
        !n.node().hasInput(4)
            || n.values(4).filter(s -> s.stream().allMatch(step -> step == 1)).isPresent();
    if (starts.isEmpty() || ends.isEmpty() || !whole) {
      return Optional.empty();
    }
    long[] pads = new long[2 * rank];
    for (int i = 0; i < axes.length; i++) {
      Optional<Long> size = n.fixedSize(n.input(0), axes[i]);
      if (size.isEmpty()) {
        return Optional.empty();
      }
      long from = clamped(starts.get().get(i), size.get());
      long to = Math.max(from, clamped(ends.get().get(i), size.get()));
      pads[axes[i]] = from;
      pads[rank + axes[i]] = size.get() - to;
    }
    return Optional.of(pads);
  }

  private static long clamped(long position, long size) {
    return Math.max(0, Math.min(size, position < 0 ? position + size : position));
  }

  /** Scatters axis by axis, the last first: each axis has the places of a slice of its range. */
  private static String scattered(NodeGradient n, int[] axes, int rank) {
    Emitter e = n.emit();
    String gradient = n.gradient();
    for (int i = axes.length - 1; i >= 0; i--) {
      String size = e.sizes(n.input(0), axes[i], axes[i] + 1);
      String range = e.op("Range", e.index(0), e.op("Squeeze", size, e.ints(0)), e.index(1));
      String places =
          e.op(
              "Slice",
              range,
              element(n, 1, i),
              element(n, 2, i),
              e.ints(0),
              n.node().hasInput(4) ? element(n, 4, i) : e.ints(1));
      gradient = AxisScatter.assign(e, gradient, places, size, axes[i], rank, n.type(0));
    }
    return gradient;
  }

  /** Element {@code position} of an input, as an INT64 vector of one. */
  private static String element(NodeGradient n, int input, long position) {
    Emitter e = n.emit();
    String vector =
        n.type(input) == ElementType.INT64
            ? n.input(input)
            : e.cast(n.input(input), ElementType.INT64);
    return e.op("Slice", vector, e.ints(position), e.ints(position + 1), e.ints(0));
  }

  private static void pad(NodeGradient n) {
    Emitter e = n.emit();
    String mode = n.node().textAttribute("mode", "constant");
    String inner = e.op("Neg", n.input(1));
    if (mode.equals("constant")) {
      n.give(0, () -> e.op("Pad", n.gradient(), inner));
      n.give(
          2,
          () -> {
            String own = e.op("Pad", n.gradient(), inner);
            return e.sub(whole(e, n.gradient(), n.input(2)), whole(e, own, n.input(2)));
          });
    } else {
      n.give(0, () -> folded(n, mode));
    }
    n.none(1);
  }

  /** The sum of all elements, in the shape of {@code like}. */
  private static String whole(Emitter e, String tensor, String like) {
    String sum = e.op("ReduceSum", Map.of("keepdims", Attribute.of(0)), tensor);
    return e.op("Reshape", sum, e.shapeOf(like));
  }

  /** Where each place came from on an axis is what the node makes of the axis's range. */
  private static String folded(NodeGradient n, String mode) {
    Emitter e = n.emit();
    int rank = n.rank(0);
    String gradient = n.gradient();
    Optional<List<Long>> pads = n.values(1);
    for (int axis = 0; axis < rank; axis++) {
      int begin = axis;
      boolean untouched =
          pads.filter(p -> p.get(begin) == 0 && p.get(begin + rank) == 0).isPresent();
      if (!untouched) {
        String size = e.sizes(n.input(0), axis, axis + 1);
        String range = e.op("Range", e.index(0), e.op("Squeeze", size, e.ints(0)), e.index(1));
        String own = e.joined(element(n, 1, axis), element(n, 1, (long) axis + rank));
        String origins = e.op("Pad", Map.of("mode", Attribute.of(mode)), range, own);
        gradient = AxisScatter.add(e, gradient, origins, size, axis, rank, n.type(0));
      }
    }
    return gradient;
  }

  private static void expand(NodeGradient n) {
    n.giveBroadcast(0, n::gradient);
    n.none(1);
  }

  /** {@code [r0 d0, r1 d1, ...]} seen as {@code [r0, d0, r1, d1, ...]}, summed over the r's. */
  private static void tile(NodeGradient n) {
    Emitter e = n.emit();
    int rank = n.rank(0);
    n.give(
        0,
        () -> {
          Map<String, Attribute> second = Map.of("axis", Attribute.of(1));
          String pairs =
              e.op(
                  "Concat",
                  second,
                  e.op("Unsqueeze", n.input(1), e.ints(1)),
                  e.op("Unsqueeze", e.shapeOf(n.input(0)), e.ints(1)));
          String parted = e.op("Reshape", n.gradient(), e.reshaped(pairs, -1));
          return e.sum(parted, LongStream.range(0, rank).map(axis -> 2 * axis).toArray());
        });
    n.none(1);
  }
}
