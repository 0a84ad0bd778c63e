package dev.retort.graph.shape;

import dev.retort.graph.Node;
import dev.retort.tensor.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Operators that take, place or add elements by position. */
final class SelectionShapes {
  static final Map<String, ShapeRule> RULES =
      Map.ofEntries(
          Map.entry("Gather", SelectionShapes::gather),
          Map.entry("GatherElements", s -> List.of(TensorFact.of(s.type(0), axisChecked(s, 1)))),
          Map.entry("GatherND", SelectionShapes::gatherNd),
          Map.entry("Scatter", s -> List.of(TensorFact.of(s.type(0), axisChecked(s, 0)))),
          Map.entry("ScatterElements", s -> List.of(TensorFact.of(s.type(0), axisChecked(s, 0)))),
          Map.entry("ScatterND", s -> List.of(ElementwiseShapes.sameAsInput(s))),
          Map.entry("ReverseSequence", s -> List.of(ElementwiseShapes.sameAsInput(s))),
          Map.entry("Pad", SelectionShapes::pad),
          Map.entry("TopK", SelectionShapes::topK),
          Map.entry("OneHot", SelectionShapes::oneHot),
          Map.entry("Compress", SelectionShapes::compress),
          Map.entry("NonZero", SelectionShapes::nonZero));

  private SelectionShapes() {}

  /** The shape of {@code input}; the attribute axis must be one of input 0. */
  private static Optional<Shape> axisChecked(NodeScope scope, int input) {
    scope.shape(0).ifPresent(s -> s.axis("axis", scope.node().intAttribute("axis", 0)));
    return scope.shape(input);
  }

  private static List<TensorFact> gather(NodeScope scope) {
    Optional<Shape> data = scope.shapeOfRank(0, 1);
    Optional<Shape> indices = scope.shape(1);
    if (data.isEmpty() || indices.isEmpty()) {
      return List.of(TensorFact.of(scope.type(0), Optional.empty()));
    }
    int axis = data.get().axis("axis", scope.node().intAttribute("axis", 0));
    Shape shape =
        data.get()
            .slice(0, axis)
            .followedBy(indices.get())
            .followedBy(data.get().slice(axis + 1, data.get().rank()));
    return List.of(new TensorFact(scope.type(0), Optional.of(shape), gatheredValues(scope, shape)));
  }

  private static Optional<IntValues> gatheredValues(NodeScope scope, Shape shape) {
    Optional<IntValues> data = scope.values(0).filter(IntValues::isVector);
    Optional<List<Long>> indices = scope.values(1).flatMap(IntValues::fixed);
    if (data.isEmpty() || indices.isEmpty()) {
      return Optional.empty();
    }
    List<Extent> from = data.get().elements();
    List<Extent> taken =
        indices.get().stream()
            .map(index -> from.get(Shape.axis("indices", index, from.size())))
            .toList();
    return Optional.of(new IntValues(shape, taken));
  }

  /** {@code batch ++ indices[batch..-1] ++ data[batch + indices[-1]..]}. */
  private static List<TensorFact> gatherNd(NodeScope scope) {
    Optional<Shape> data = scope.shapeOfRank(0, 1);
    Optional<Shape> indices = scope.shapeOfRank(1, 1);
    long batch = scope.node().intAttribute("batch_dims", 0);
    return List.of(
        TensorFact.of(scope.type(0), data.flatMap(d -> indices.flatMap(i -> nd(d, i, batch)))));
  }

  private static Optional<Shape> nd(Shape data, Shape indices, long batch) {
    Extent depth = indices.at(indices.rank() - 1);
    if (depth.fixed().isEmpty()) {
      return Optional.empty();
    }
    int least = Math.min(data.rank(), indices.rank());
    if (batch < 0 || batch >= least) {
      throw new Malformed("batch_dims", batch, "0 to " + (least - 1));
    }
    long from = batch + depth.fixed().getAsLong();
    if (from > data.rank()) {
      throw new Malformed("batch_dims with the depth of the indices", from, "0 to " + data.rank());
    }
    return Optional.of(
        indices.slice(0, indices.rank() - 1).followedBy(data.slice((int) from, data.rank())));
  }

  private static List<TensorFact> pad(NodeScope scope) {
    Optional<Shape> input = scope.shape(0);
    Optional<List<Extent>> pads = scope.list("pads", 1).or(() -> scope.list("paddings", 1));
    if (input.isEmpty()) {
      return List.of(TensorFact.of(scope.type(0), Optional.empty()));
    }
    int rank = input.get().rank();
    if (pads.isEmpty() || scope.node().hasInput(3)) {
      return List.of(TensorFact.of(scope.type(0), Optional.of(Shape.unknown(rank))));
    }
    if (pads.get().size() != 2 * rank) {
      throw new Malformed("pads", pads.get(), "a list of " + 2 * rank);
    }
    List<Extent> padded = new ArrayList<>();
    for (int axis = 0; axis < rank; axis++) {
      Extent size =
          input.get().at(axis).plus(pads.get().get(axis)).plus(pads.get().get(axis + rank));
      if (size.fixed().isPresent() && size.fixed().getAsLong() < 0) {
        throw new Malformed("pads", pads.get(), "no more than the input when negative");
      }
      padded.add(size);
    }
    return List.of(TensorFact.of(scope.type(0), Optional.of(new Shape(padded))));
  }

  private static List<TensorFact> topK(NodeScope scope) {
    Node node = scope.node();
    Extent count =
        node.attributes().containsKey("k")
            ? Extent.of(node.intAttribute("k", 0))
            : scope.element(1);
    if (count.fixed().isPresent() && count.fixed().getAsLong() < 0) {
      throw new Malformed("k", count, "0 or more");
    }
    Optional<Shape> shape =
        scope
            .shapeOfRank(0, 1)
            .map(s -> s.with(s.axis("axis", node.intAttribute("axis", -1)), count));
    return List.of(TensorFact.of(scope.type(0), shape), TensorFact.of(ElementType.INT64, shape));
  }

  private static List<TensorFact> oneHot(NodeScope scope) {
    Extent depth =
        scope
            .constant(1)
            .filter(t -> t.type().isFloat() && t.elementCount() == 1)
            .map(t -> Extent.of((long) t.toFloats()[0]))
            .orElseGet(() -> scope.element(1));
    Optional<Shape> shape =
        scope
            .shape(0)
            .map(
                indices -> {
                  long stated = scope.node().intAttribute("axis", -1);
                  int axis = Shape.axis("axis", stated, indices.rank() + 1);
                  return indices
                      .slice(0, axis)
                      .followedBy(depth)
                      .followedBy(indices.slice(axis, indices.rank()));
                });
    return List.of(TensorFact.of(scope.type(2), shape));
  }

  private static List<TensorFact> compress(NodeScope scope) {
    if (!scope.node().attributes().containsKey("axis")) {
      return List.of(TensorFact.of(scope.type(0), Optional.of(Shape.unknown(1))));
    }
    long axis = scope.node().intAttribute("axis", 0);
    return scope.reshaped(s -> Optional.of(s.with(s.axis("axis", axis), Extent.UNKNOWN)));
  }

  private static List<TensorFact> nonZero(NodeScope scope) {
    Extent rank = scope.shape(0).map(s -> Extent.of(s.rank())).orElse(Extent.UNKNOWN);
    return List.of(TensorFact.of(ElementType.INT64, Optional.of(Shape.of(rank, Extent.UNKNOWN))));
  }
}
