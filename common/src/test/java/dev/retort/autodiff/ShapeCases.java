package dev.retort.autodiff;

import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;

/** Operators that move, repeat, cut, join and choose elements. */
final class ShapeCases {
  private ShapeCases() {}

  static List<Family> all() {
    return List.of(
        Family.wide("Reshape", ShapeCases::reshape),
        Family.wide("Flatten", c -> flatten(c)),
        Family.wide("Squeeze", ShapeCases::squeeze),
        Family.wide("Unsqueeze", ShapeCases::unsqueeze),
        Family.wide("Identity", c -> c.node("Identity", List.of(c.data(2, 3)))),
        Family.wide("Transpose", ShapeCases::transpose),
        Family.wide("Trilu", ShapeCases::triangle),
        Family.linear("SpaceToDepth", c -> blocks(c, "SpaceToDepth", 1, 2)),
        Family.linear("DepthToSpace", c -> blocks(c, "DepthToSpace", 4, 1)),
        new Family("Cast", ElementType.FLOAT64, 0.3, 1e-5, c -> List.of(cast(c))),
        Family.wide("Concat", ShapeCases::concat),
        Family.wideOutputs("Split", ShapeCases::split),
        Family.wide("Slice", ShapeCases::slice),
        Family.wide("Pad constant", c -> pad(c, "constant")),
        Family.wide("Pad edge", c -> pad(c, "edge")),
        Family.wide("Pad reflect", c -> pad(c, "reflect")),
        Family.wide("Expand", ShapeCases::expand),
        Family.wide("Tile", ShapeCases::tile),
        Family.wide("Gather", ShapeCases::gather),
        Family.wide("GatherElements", ShapeCases::gatherElements),
        Family.wide("GatherND", ShapeCases::gatherNd),
        Family.wide("ScatterND", ShapeCases::scatterNd),
        Family.wide("ScatterElements", ShapeCases::scatterElements),
        Family.wide("TopK", ShapeCases::top),
        Family.wide("CumSum", ShapeCases::cumulate),
        Family.wide("Dropout", ShapeCases::dropout));
  }

  private static long[] dims(Case c) {
    return c.sizes(c.pick(1, 4), 1, 4);
  }

  private static String reshape(Case c) {
    long[] dims = c.sizes(3, 1, 4);
    long[] to =
        switch (c.pick(0, 3)) {
          case 0 -> new long[] {-1};
          case 1 -> new long[] {0, -1};
          case 2 -> new long[] {dims[0] * dims[1], dims[2]};
          default -> new long[] {dims[2], 1, dims[0], dims[1]};
        };
    return c.node("Reshape", List.of(c.data(dims), c.longs(to)));
  }

  private static String flatten(Case c) {
    long[] dims = dims(c);
    return c.node("Flatten", List.of(c.data(dims)), "axis", c.pick(0, dims.length));
  }

  private static String squeeze(Case c) {
    long[] dims = {1, c.pick(1, 3), 1, c.pick(1, 3)};
    return c.random.nextBoolean()
        ? c.node("Squeeze", List.of(c.data(dims), c.constantLongs(-2, 0)))
        : c.node("Squeeze", List.of(c.fixed().data(dims)));
  }

  private static String unsqueeze(Case c) {
    long[] dims = dims(c);
    return c.node("Unsqueeze", List.of(c.data(dims), c.constantLongs(0, -1)));
  }

  private static String transpose(Case c) {
    long[] dims = dims(c);
    List<Long> axes = new ArrayList<>(LongStream.range(0, dims.length).boxed().toList());
    Collections.shuffle(axes, c.random);
    String x = c.data(dims);
    return c.random.nextInt(4) == 0
        ? c.node("Transpose", List.of(x))
        : c.node("Transpose", List.of(x), "perm", axes.stream().mapToLong(a -> a).toArray());
  }

  private static String triangle(Case c) {
    String x = c.data(c.pick(1, 3), c.pick(1, 4), c.pick(1, 4));
    return c.random.nextBoolean()
        ? c.node("Trilu", List.of(x), "upper", c.pick(0, 1))
        : c.node(
            "Trilu",
            List.of(x, c.constant(Tensor.scalar((long) c.pick(-2, 2)))),
            "upper",
            c.pick(0, 1));
  }

  private static String blocks(Case c, String op, int channels, int spatial) {
    String x = c.data(2, (long) channels * c.pick(1, 2), spatial * 2L, spatial * 3L);
    return op.equals("DepthToSpace") && c.random.nextBoolean()
        ? c.node(op, List.of(x), "blocksize", 2, "mode", "CRD")
        : c.node(op, List.of(x), "blocksize", 2);
  }

  private static String cast(Case c) {
    String narrow = c.node("Cast", List.of(c.data(dims(c))), "to", 1);
    return c.node("Cast", List.of(narrow), "to", 11);
  }

  private static String concat(Case c) {
    long[] dims = dims(c);
    int axis = c.pick(0, dims.length - 1);
    List<String> inputs = new ArrayList<>();
    int count = c.pick(1, 3);
    for (int i = 0; i < count; i++) {
      long[] own = dims.clone();
      own[axis] = c.pick(1, 3);
      inputs.add(c.data(own));
    }
    return c.node("Concat", inputs, "axis", c.random.nextBoolean() ? axis : axis - dims.length);
  }

  private static List<String> split(Case c) {
    long[] dims = dims(c);
    int axis = c.pick(0, dims.length - 1);
    long[] parts = c.sizes(c.pick(2, 3), 1, 3);
    dims[axis] = Arrays.stream(parts).sum();
    boolean even = c.random.nextInt(3) == 0;
    dims[axis] = even ? 2L * parts.length : dims[axis];
    String x = c.data(dims);
    List<String> outputs =
        c.nodes(
            "",
            "Split",
            parts.length,
            even ? List.of(x) : List.of(x, c.longs(parts)),
            "axis",
            axis);
    return outputs.subList(0, c.pick(1, outputs.size()));
  }

  private static String slice(Case c) {
    int rank = c.pick(1, 3);
    long[] dims = c.sizes(rank, 3, 7);
    long[] axes = c.random.ints(0, rank).distinct().limit(c.pick(1, rank)).asLongStream().toArray();
    int count = axes.length;
    long[] starts = new long[count];
    long[] ends = new long[count];
    long[] steps = new long[count];
    for (int i = 0; i < count; i++) {
      boolean back = c.random.nextInt(3) == 0;
      steps[i] = back ? -c.pick(1, 2) : c.pick(1, 3);
      starts[i] = back ? -1 : c.pick(0, 1);
      ends[i] = back ? c.pick(-9, -3) : c.random.nextBoolean() ? -1 : Long.MAX_VALUE;
    }
    String x = c.data(dims);
    boolean whole = c.random.nextBoolean();
    if (whole) {
      Arrays.fill(starts, c.pick(-3, 1));
      Arrays.fill(ends, c.random.nextBoolean() ? 2 : 100);
      starts = Arrays.stream(starts).map(s -> s < 0 ? s - 10 : s).toArray();
      return c.node("Slice", List.of(x, c.longs(starts), c.longs(ends), c.constantLongs(axes)));
    }
    return c.node(
        "Slice", List.of(x, c.longs(starts), c.longs(ends), c.constantLongs(axes), c.longs(steps)));
  }

  private static String pad(Case c, String mode) {
    boolean constant = mode.equals("constant");
    long[] dims = c.sizes(c.pick(1, 4), 3, 4);
    long[] pads = c.sizes(2 * dims.length, constant ? -1 : 0, 2);
    List<String> inputs = new ArrayList<>(List.of(c.data(dims), c.longs(pads)));
    if (constant && c.random.nextBoolean()) {
      inputs.add(c.random.nextBoolean() ? c.weight() : c.number(1.5));
    }
    return c.node("Pad", inputs, "mode", mode);
  }

  private static String expand(Case c) {
    long[] dims = dims(c);
    return c.node("Expand", List.of(c.data(c.part(dims)), c.longs(dims)));
  }

  private static String tile(Case c) {
    long[] dims = dims(c);
    return c.node("Tile", List.of(c.data(dims), c.longs(c.sizes(dims.length, 1, 3))));
  }

  private static Tensor indices(Case c, long bound, long... dims) {
    int count = (int) Dims.of(dims).elementCount();
    return c.random.nextBoolean()
        ? Tensor.ofLongs(Dims.of(dims), c.random.longs(count, -bound, bound).toArray())
        : Tensor.ofInts(Dims.of(dims), c.random.ints(count, (int) -bound, (int) bound).toArray());
  }

  private static String gather(Case c) {
    long[] dims = dims(c);
    int axis = c.pick(0, dims.length - 1);
    Tensor rows = indices(c, dims[axis], c.sizes(c.pick(0, 3), 1, 4));
    String index = c.random.nextBoolean() ? c.given(rows) : c.constant(rows);
    return c.node(
        "Gather",
        List.of(c.data(dims), index),
        "axis",
        c.random.nextBoolean() ? axis : axis - dims.length);
  }

  private static String gatherElements(Case c) {
    long[] dims = dims(c);
    int axis = c.pick(0, dims.length - 1);
    long[] own = dims.clone();
    own[axis] = c.pick(1, 5);
    return c.node(
        "GatherElements",
        List.of(c.data(dims), c.given(indices(c, dims[axis], own))),
        "axis",
        axis);
  }

  private static String gatherNd(Case c) {
    long[] dims = c.sizes(3, 1, 4);
    int batch = c.pick(0, 1);
    int depth = c.pick(1, 3 - batch);
    long[] own = batch == 0 ? new long[] {c.pick(1, 4), depth} : new long[] {dims[0], 3, depth};
    long least = Arrays.stream(dims).min().getAsLong();
    Tensor index =
        Tensor.ofLongs(
            Dims.of(own), c.random.longs(Dims.of(own).elementCount(), 0, least).toArray());
    return c.node("GatherND", List.of(c.data(dims), c.given(index)), "batch_dims", batch);
  }

  private static String scatterNd(Case c) {
    long rows = c.pick(2, 5);
    long width = c.pick(1, 3);
    boolean adds = c.random.nextBoolean();
    long[] index =
        adds
            ? c.random.longs(3, 0, rows).toArray()
            : c.random.longs(0, rows).distinct().limit(2).toArray();
    String x = c.data(rows, width);
    String updates = c.data(index.length, width);
    String where = c.given(Tensor.ofLongs(Dims.of(index.length, 1), index));
    return c.node("ScatterND", List.of(x, where, updates), "reduction", adds ? "add" : "none");
  }

  private static String scatterElements(Case c) {
    long rows = c.pick(2, 5);
    boolean adds = c.random.nextBoolean();
    long[] index =
        adds
            ? c.random.longs(3, 0, rows).toArray()
            : c.random.longs(0, rows).distinct().limit(2).toArray();
    String x = c.data(2, rows);
    String updates = c.data(1, index.length);
    String where = c.given(Tensor.ofLongs(Dims.of(1, index.length), index));
    return c.node(
        "ScatterElements",
        List.of(x, where, updates),
        "axis",
        1,
        "reduction",
        adds ? "add" : "none");
  }

  private static String top(Case c) {
    long[] dims = c.sizes(c.pick(1, 3), 2, 5);
    int axis = c.pick(0, dims.length - 1);
    return c.nodes(
            "",
            "TopK",
            2,
            List.of(c.spread(dims), c.constantLongs(c.pick(1, 2))),
            "axis",
            axis,
            "largest",
            c.pick(0, 1))
        .get(0);
  }

  private static String cumulate(Case c) {
    long[] dims = dims(c);
    return c.node(
        "CumSum",
        List.of(c.data(dims), c.constant(Tensor.scalar((long) c.pick(0, dims.length - 1)))),
        "exclusive",
        c.pick(0, 1),
        "reverse",
        c.pick(0, 1));
  }

  private static String dropout(Case c) {
    String x = c.data(dims(c));
    return c.random.nextBoolean()
        ? c.node("Dropout", List.of(x))
        : c.node(
            "Dropout",
            List.of(
                x,
                c.constant(Tensor.scalar(0.3f)),
                c.constant(Tensor.ofBytes(ElementType.BOOL, Dims.scalar(), (byte) 0))));
  }
}
