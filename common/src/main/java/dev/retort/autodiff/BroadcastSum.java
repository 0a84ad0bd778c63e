package dev.retort.autodiff;

import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * The gradient of broadcasting: the sum over the axes that it repeats. Where those depend on sizes
 * that are known in a run only, they are found in the run.
 */
final class BroadcastSum {
  private BroadcastSum() {}

  /**
   * Sums {@code gradient}, whose dimensions are {@code from} as far as they are known, to the shape
   * of the forward tensor {@code to}.
   */
  static String to(Emitter e, String gradient, Optional<List<Dim>> from, String to) {
    Optional<List<Dim>> shape = e.shape(to);
    Optional<long[]> axes = from.flatMap(f -> shape.flatMap(t -> axes(f, t)));
    if (axes.isEmpty()) {
      return atRunTime(e, gradient, to);
    }
    int lead = from.get().size() - shape.get().size();
    boolean leadOnly = Arrays.stream(axes.get()).allMatch(axis -> axis < lead);
    if (leadOnly) {
      return e.sum(gradient, axes.get());
    }
    String kept = e.sumKeeping(gradient, axes.get());
    return lead == 0 ? kept : e.op("Squeeze", kept, e.ints(LongStream.range(0, lead).toArray()));
  }

  /** The axes that broadcasting repeats; empty where that is not known before a run. */
  private static Optional<long[]> axes(List<Dim> large, List<Dim> small) {
    int lead = large.size() - small.size();
    LongStream.Builder axes = LongStream.builder();
    for (int axis = 0; axis < large.size(); axis++) {
      Dim whole = large.get(axis);
      Dim part = axis < lead ? Dim.UNKNOWN : small.get(axis - lead);
      boolean fixed = part instanceof Dim.Fixed && !part.equals(Dim.of(1));
      boolean same = fixed || (whole.equals(part) && !whole.equals(Dim.UNKNOWN));
      if (axis < lead || (part.equals(Dim.of(1)) && !same)) {
        axes.add(axis);
      } else if (!same) {
        return Optional.empty();
      }
    }
    return Optional.of(axes.build().toArray());
  }

  /** Where {@code to}, with ones in front, has size 1, the sum is over that axis. */
  private static String atRunTime(Emitter e, String gradient, String to) {
    String shape = e.shapeOf(to);
    String missing = e.op("Sub", e.op("Size", e.op("Shape", gradient)), e.op("Size", shape));
    String ones = e.op("Expand", e.ints(1), e.op("Reshape", missing, e.ints(1)));
    String isOne = e.op("Equal", e.joined(ones, shape), e.ints(1));
    String axes = e.op("Reshape", e.op("NonZero", isOne), e.ints(-1));
    String kept =
        e.op(
            "ReduceSum",
            Map.of("keepdims", Attribute.of(1), "noop_with_empty_axes", Attribute.of(1)),
            gradient,
            axes);
    return e.op("Reshape", kept, shape);
  }
}
