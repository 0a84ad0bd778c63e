package dev.retort.graph.shape;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/** {@code Slice}: an interval of positions on each of some axes. */
final class SliceShapes {
  static final Map<String, ShapeRule> RULES = Map.of("Slice", SliceShapes::slice);

  private SliceShapes() {}

  private static List<TensorFact> slice(NodeScope scope) {
    Optional<Shape> input = scope.shapeOfRank(0, 1);
    if (input.isEmpty()) {
      return List.of(TensorFact.of(scope.type(0), Optional.empty()));
    }
    Optional<List<Extent>> starts = scope.list("starts", 1);
    Optional<List<Extent>> ends = scope.list("ends", 2);
    Optional<List<Long>> axes = axes(scope, starts);
    Optional<List<Long>> steps =
        scope.node().hasInput(4)
            ? scope.fixedList("steps", 4)
            : starts.map(s -> Collections.nCopies(s.size(), 1L));
    if (starts.isEmpty() || ends.isEmpty() || axes.isEmpty() || steps.isEmpty()) {
      return List.of(TensorFact.of(scope.type(0), Optional.of(unknownOn(input.get(), axes))));
    }
    requireEqualLengths(starts.get(), ends.get(), axes.get(), steps.get());
    return List.of(sliced(scope, input.get(), starts.get(), ends.get(), axes.get(), steps.get()));
  }

  private static Optional<List<Long>> axes(NodeScope scope, Optional<List<Extent>> starts) {
    return scope.isGiven("axes", 3)
        ? scope.fixedList("axes", 3)
        : starts.map(s -> LongStream.range(0, s.size()).boxed().toList());
  }

  private static void requireEqualLengths(
      List<Extent> starts, List<Extent> ends, List<Long> axes, List<Long> steps) {
    int count = starts.size();
    if (ends.size() != count || axes.size() != count || steps.size() != count) {
      throw new Malformed("ends, axes and steps", "of another length", count + " long as starts");
    }
  }

  private static Shape unknownOn(Shape input, Optional<List<Long>> axes) {
    if (axes.isEmpty()) {
      return Shape.unknown(input.rank());
    }
    Shape shape = input;
    for (long axis : axes.get()) {
      shape = shape.with(input.axis("axes", axis), Extent.UNKNOWN);
    }
    return shape;
  }

  private static TensorFact sliced(
      NodeScope scope,
      Shape input,
      List<Extent> starts,
      List<Extent> ends,
      List<Long> axes,
      List<Long> steps) {
    Shape shape = input;
    for (int i = 0; i < axes.size(); i++) {
      int axis = input.axis("axes", axes.get(i));
      Interval interval = new Interval(starts.get(i), ends.get(i), steps.get(i));
      shape = shape.with(axis, interval.lengthIn(input.at(axis)));
    }
    Optional<IntValues> values = scope.values(0).filter(v -> v.isVector() && axes.size() == 1);
    if (values.isPresent()) {
      Optional<List<Extent>> kept =
          new Interval(starts.get(0), ends.get(0), steps.get(0)).of(values.get().elements());
      if (kept.isPresent()) {
        return TensorFact.of(scope.type(0), IntValues.vector(kept.get()));
      }
    }
    return TensorFact.of(scope.type(0), Optional.of(shape));
  }
}
