package dev.retort.autodiff;

import dev.retort.graph.Attribute;
import dev.retort.tensor.ElementType;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Reading and writing at indices. An index that is read several times gets the sum.
 *
 * <pre>
 * Gather, GatherElements, GatherND   dx = zeros of x's shape, to which g is added at the indices
 * ScatterND, ScatterElements         y = x with updates u at the indices
 *     reduction none:   dx = g with 0 at the indices    du = g read at the indices
 *     reduction add:    dx = g                          du = g read at the indices
 * TopK                               dx = zeros, with g at the indices that it returns
 * CumSum                             dx = g summed from the other end
 * </pre>
 *
 * <p>Refuses ScatterND and ScatterElements with another reduction; indices that repeat are
 * undefined where the reduction is none.
 */
final class GatherGradients {
  static final Map<String, GradientRule> RULES =
      Map.of(
          "Gather", GatherGradients::gather,
          "GatherElements", GatherGradients::gatherElements,
          "GatherND", GatherGradients::gatherNd,
          "ScatterND", GatherGradients::scatterNd,
          "ScatterElements", GatherGradients::scatterElements,
          "TopK", GatherGradients::top,
          "CumSum", GatherGradients::cumulate);

  private static final Map<String, Attribute> ADD = Map.of("reduction", Attribute.of("add"));

  private GatherGradients() {}

  /** The gathered axis is moved to the front, where rows are added. */
  private static void gather(NodeGradient n) {
    Emitter e = n.emit();
    int rank = n.rank(0);
    int axis = n.axis("axis", 0, rank);
    int indexRank = n.rank(1);
    n.give(
        0,
        () -> {
          String x = n.input(0);
          String updates = e.transposed(n.gradient(), indicesFirst(axis, indexRank, rank));
          String rows = e.op("Unsqueeze", longs(n, 1), e.ints(-1));
          String shape =
              axis == 0
                  ? e.shapeOf(x)
                  : e.joined(
                      e.sizes(x, axis, axis + 1), e.sizes(x, 0, axis), e.sizes(x, axis + 1, rank));
          String zeros = e.zeros(shape, n.type(0));
          String added = e.op("ScatterND", ADD, zeros, rows, updates);
          return e.transposed(added, axisBack(axis, rank));
        });
    n.none(1);
  }

  /** {@code [before, indices, behind]} to {@code [indices, before, behind]}. */
  private static long[] indicesFirst(int axis, int indexRank, int rank) {
    return LongStream.concat(
            LongStream.range(axis, (long) axis + indexRank),
            LongStream.concat(
                LongStream.range(0, axis),
                LongStream.range((long) axis + indexRank, (long) rank - 1 + indexRank)))
        .toArray();
  }

  /** {@code [axis, before, behind]} to {@code [before, axis, behind]}. */
  private static long[] axisBack(int axis, int rank) {
    return LongStream.concat(
            LongStream.rangeClosed(1, axis),
            LongStream.concat(LongStream.of(0), LongStream.range(axis + 1L, rank)))
        .toArray();
  }

  private static String longs(NodeGradient n, int index) {
    return n.type(index) == ElementType.INT64
        ? n.input(index)
        : n.emit().cast(n.input(index), ElementType.INT64);
  }

  private static void gatherElements(NodeGradient n) {
    Emitter e = n.emit();
    n.give(
        0,
        () ->
            e.op(
                "ScatterElements",
                Map.of(
                    "reduction", Attribute.of("add"),
                    "axis", Attribute.of(n.node().intAttribute("axis", 0))),
                e.zerosLike(n.input(0)),
                n.input(1),
                n.gradient()));
    n.none(1);
  }

  private static void gatherNd(NodeGradient n) {
    Emitter e = n.emit();
    int batch = Math.toIntExact(n.node().intAttribute("batch_dims", 0));
    n.give(
        0,
        () ->
            e.op(
                "ScatterND",
                ADD,
                e.zerosLike(n.input(0)),
                batch == 0 ? n.input(1) : withBatchIndices(n, batch),
                n.gradient()));
    n.none(1);
  }

  /** The indices with those of the batch axes before them. */
  private static String withBatchIndices(NodeGradient n, int batch) {
    Emitter e = n.emit();
    int rank = n.rank(1);
    String indices = n.input(1);
    String[] parts = new String[batch + 1];
    String shape = e.joined(e.sizes(indices, 0, rank - 1), e.ints(1));
    for (int axis = 0; axis < batch; axis++) {
      long[] column = new long[rank];
      Arrays.fill(column, 1);
      column[axis] = -1;
      String size = e.op("Squeeze", e.sizes(indices, axis, axis + 1), e.ints(0));
      String range = e.op("Range", e.index(0), size, e.index(1));
      parts[axis] = e.op("Expand", e.reshaped(range, column), shape);
    }
    parts[batch] = indices;
    return e.op("Concat", Map.of("axis", Attribute.of(-1)), parts);
  }

  private static boolean requireAddOrNone(NodeGradient n) {
    String reduction = n.node().textAttribute("reduction", "none");
    if (!reduction.equals("none") && !reduction.equals("add")) {
      throw new NoGradient("its reduction is " + reduction + ", must be none or add");
    }
    return reduction.equals("add");
  }

  private static void scatterNd(NodeGradient n) {
    Emitter e = n.emit();
    boolean adds = requireAddOrNone(n);
    n.give(
        0,
        () ->
            adds
                ? n.gradient()
                : e.op("ScatterND", n.gradient(), n.input(1), e.zerosLike(n.input(2))));
    n.give(2, () -> e.op("GatherND", n.gradient(), n.input(1)));
    n.none(1);
  }

  private static void scatterElements(NodeGradient n) {
    Emitter e = n.emit();
    boolean adds = requireAddOrNone(n);
    Map<String, Attribute> axis = n.copied("axis");
    n.give(
        0,
        () ->
            adds
                ? n.gradient()
                : e.op("ScatterElements", axis, n.gradient(), n.input(1), e.zerosLike(n.input(2))));
    n.give(2, () -> e.op("GatherElements", axis, n.gradient(), n.input(1)));
    n.none(1);
  }

  private static void top(NodeGradient n) {
    Emitter e = n.emit();
    Map<String, Attribute> axis = Map.of("axis", Attribute.of(n.node().intAttribute("axis", -1)));
    String indices = n.output(1);
    if (indices.isEmpty()) {
      throw new NoGradient("it does not return its indices");
    }
    n.give(0, () -> e.op("ScatterElements", axis, e.zerosLike(n.input(0)), indices, n.gradient()));
    n.none(1);
  }

  private static void cumulate(NodeGradient n) {
    Emitter e = n.emit();
    long reverse = n.node().intAttribute("reverse", 0);
    Map<String, Attribute> attributes =
        Map.of(
            "exclusive", Attribute.of(n.node().intAttribute("exclusive", 0)),
            "reverse", Attribute.of(1 - reverse));
    n.give(0, () -> e.op("CumSum", attributes, n.gradient(), n.input(1)));
    n.none(1);
  }
}
