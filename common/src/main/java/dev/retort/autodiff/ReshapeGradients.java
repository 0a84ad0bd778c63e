package dev.retort.autodiff;

import dev.retort.graph.Attribute;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Operators that move elements and change none.
 *
 * <pre>
 * Reshape, Flatten, Squeeze, Unsqueeze   dx = g in the shape of x
 * Identity                               dx = g
 * Transpose                              dx = g with the inverse permutation
 * Trilu                                  dx = g, cut alike
 * SpaceToDepth, DepthToSpace             each is the other's inverse
 * Cast                                   dx = g in the type of x
 * </pre>
 */
final class ReshapeGradients {
  static final Map<String, GradientRule> RULES = rules();

  private ReshapeGradients() {}

  private static Map<String, GradientRule> rules() {
    Map<String, GradientRule> rules = new HashMap<>();
    for (String op : List.of("Reshape", "Flatten", "Squeeze", "Unsqueeze")) {
      rules.put(op, n -> n.give(0, () -> n.emit().reshapedLike(n.gradient(), n.input(0))));
    }
    rules.put("Identity", n -> n.give(0, n::gradient));
    rules.put("Transpose", ReshapeGradients::transpose);
    rules.put("Trilu", ReshapeGradients::triangle);
    rules.put(
        "SpaceToDepth",
        n -> n.give(0, () -> n.emit().op("DepthToSpace", n.copied("blocksize"), n.gradient())));
    rules.put("DepthToSpace", n -> n.give(0, () -> depth(n)));
    rules.put("Cast", n -> n.give(0, () -> n.emit().cast(n.gradient(), n.type(0))));
    return Map.copyOf(rules);
  }

  private static void transpose(NodeGradient n) {
    int rank = n.rank(0);
    List<Long> reversed = LongStream.range(0, rank).map(i -> rank - 1 - i).boxed().toList();
    List<Long> permutation = n.node().intsAttribute("perm", reversed);
    long[] inverse = new long[rank];
    for (int i = 0; i < rank; i++) {
      inverse[Math.toIntExact(permutation.get(i))] = i;
    }
    n.give(0, () -> n.emit().transposed(n.gradient(), inverse));
  }

  private static void triangle(NodeGradient n) {
    Emitter e = n.emit();
    Map<String, Attribute> upper = n.copied("upper");
    n.give(
        0,
        () ->
            n.node().hasInput(1)
                ? e.op("Trilu", upper, n.gradient(), n.input(1))
                : e.op("Trilu", upper, n.gradient()));
  }

  /**
   * With mode DCR the channels are {@code [block, block, C]}, with CRD {@code [C, block, block]}.
   */
  private static String depth(NodeGradient n) {
    Emitter e = n.emit();
    String blocksFirst = e.op("SpaceToDepth", n.copied("blocksize"), n.gradient());
    if (n.node().textAttribute("mode", "DCR").equals("DCR")) {
      return blocksFirst;
    }
    long block = n.node().intAttribute("blocksize", 1);
    String places = e.sizes(n.input(0), 2, 4);
    String shape = e.joined(e.ints(0, block * block, -1), places);
    String parted = e.op("Reshape", blocksFirst, shape);
    return e.reshapedLike(e.transposed(parted, 0, 2, 1, 3, 4), n.input(0));
  }
}
