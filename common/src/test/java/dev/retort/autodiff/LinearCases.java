package dev.retort.autodiff;

import dev.retort.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Matrix products and reductions. */
final class LinearCases {
  private static final List<String> EQUATIONS =
      List.of(
          "ab,bc->ac",
          "abc,acd->abd",
          "bhid,bhjd->bhij",
          "bhij,bhjd->bihd",
          "ab,ab->a",
          "ab->ba",
          "abc->b",
          "a,b->ab",
          "ab,bc",
          "abc,cd,db->a",
          "abcd,cde->abe",
          "...ab,...bc->...ac",
          "a...,b->...ab",
          "...a,b...",
          "...ij->...ji");

  private LinearCases() {}

  static List<Family> all() {
    List<Family> all = new ArrayList<>();
    all.add(Family.wide("MatMul of matrices", LinearCases::matrices));
    all.add(Family.wide("MatMul of vectors", LinearCases::vectors));
    all.add(Family.wide("MatMul of batches", LinearCases::batches));
    all.add(Family.wide("Gemm", LinearCases::gemm));
    all.add(Family.wide("Einsum", LinearCases::einsum));
    for (String op : List.of("ReduceSum", "ReduceMean", "ReduceSumSquare", "ReduceLogSumExp")) {
      all.add(Family.wide(op, c -> reduction(c, op, c.data(dims(c)))));
    }
    for (String op : List.of("ReduceL1", "ReduceMax", "ReduceMin")) {
      all.add(Family.wide(op, c -> reduction(c, op, c.spread(dims(c)))));
    }
    for (String op : List.of("ReduceL2", "ReduceLogSum")) {
      all.add(Family.wide(op, c -> reduction(c, op, c.between(0.5, 2, dims(c)))));
    }
    all.add(Family.wide("ReduceProd", LinearCases::product));
    return all;
  }

  private static long[] dims(Case c) {
    return c.sizes(c.pick(1, 4), 1, 4);
  }

  private static String matrices(Case c) {
    long[] s = c.sizes(3, 1, 5);
    long[] lead = c.sizes(c.pick(0, 2), 1, 3);
    return c.node("MatMul", List.of(c.data(join(lead, s[0], s[1])), c.weight(s[1], s[2])));
  }

  private static long[] join(long[] lead, long... rest) {
    long[] all = Arrays.copyOf(lead, lead.length + rest.length);
    System.arraycopy(rest, 0, all, lead.length, rest.length);
    return all;
  }

  private static String vectors(Case c) {
    long[] s = c.sizes(3, 1, 4);
    long[] lead = c.sizes(c.pick(0, 2), 1, 3);
    return switch (c.pick(0, 2)) {
      case 0 -> c.node("MatMul", List.of(c.data(s[1]), c.data(s[1])));
      case 1 -> c.node("MatMul", List.of(c.data(s[1]), c.data(join(lead, s[1], s[2]))));
      default -> c.node("MatMul", List.of(c.data(join(lead, s[0], s[1])), c.data(s[1])));
    };
  }

  private static String batches(Case c) {
    long[] s = c.sizes(3, 1, 4);
    long[] lead = c.sizes(c.pick(1, 3), 1, 3);
    long[] a = c.random.nextBoolean() ? lead : c.part(lead);
    long[] b = a == lead ? c.part(lead) : lead;
    return c.node("MatMul", List.of(c.data(join(a, s[0], s[1])), c.data(join(b, s[1], s[2]))));
  }

  private static String gemm(Case c) {
    long[] s = c.sizes(3, 1, 4);
    int transA = c.pick(0, 1);
    int transB = c.pick(0, 1);
    List<String> inputs = new ArrayList<>();
    inputs.add(transA == 1 ? c.data(s[1], s[0]) : c.data(s[0], s[1]));
    inputs.add(transB == 1 ? c.weight(s[2], s[1]) : c.weight(s[1], s[2]));
    if (c.random.nextInt(4) > 0) {
      inputs.add(c.data(c.part(s[0], s[2])));
    }
    return c.random.nextBoolean()
        ? c.node("Gemm", inputs, "transA", transA, "transB", transB)
        : c.node("Gemm", inputs, "transA", transA, "transB", transB, "alpha", 0.5f, "beta", -2f);
  }

  private static String einsum(Case c) {
    String equation = EQUATIONS.get(c.random.nextInt(EQUATIONS.size()));
    long[] sizes = c.sizes(26, 1, 4);
    int arrow = equation.indexOf("->");
    String left = arrow < 0 ? equation : equation.substring(0, arrow);
    List<String> inputs = new ArrayList<>();
    long[] batch = c.sizes(c.pick(0, 2), 1, 3);
    for (String operand : List.of(left.split(",", -1))) {
      List<Long> dims = new ArrayList<>();
      for (int i = 0; i < operand.length(); i++) {
        if (operand.startsWith("...", i)) {
          // ONNX Runtime wants ellipses of one rank.
          Arrays.stream(batch).map(d -> c.random.nextInt(4) == 0 ? 1 : d).forEach(dims::add);
          i += 2;
        } else {
          dims.add(sizes[operand.charAt(i) - 'a']);
        }
      }
      inputs.add(c.data(dims.stream().mapToLong(d -> d).toArray()));
    }
    return c.node("Einsum", inputs, "equation", equation);
  }

  private static String reduction(Case c, String op, String x) {
    int rank = c.values().get(x).dims().rank();
    long[] axes = c.random.ints(0, rank).distinct().limit(c.pick(1, rank)).asLongStream().toArray();
    for (int i = 0; i < axes.length; i++) {
      axes[i] = c.random.nextBoolean() ? axes[i] : axes[i] - rank;
    }
    int keep = c.pick(0, 1);
    boolean all = c.random.nextInt(4) == 0;
    if (op.equals("ReduceSum")) {
      return all
          ? c.node(op, List.of(x), "keepdims", keep, "noop_with_empty_axes", c.pick(0, 1))
          : c.node(op, List.of(x, c.constantLongs(axes)), "keepdims", keep);
    }
    return all
        ? c.node(op, List.of(x), "keepdims", keep)
        : c.node(op, List.of(x), "axes", axes, "keepdims", keep);
  }

  /** One factor may be 0, or two. */
  private static String product(Case c) {
    String x = c.between(0.5, 2, dims(c));
    String kept = c.node("Mul", List.of(x, c.constant(someZeros(c, x))));
    return reductionOf(c, kept, x);
  }

  private static Tensor someZeros(Case c, String x) {
    return Case.floats(
        c.type(), () -> c.random.nextInt(4) == 0 ? 0 : 1, c.values().get(x).dims().toArray());
  }

  private static String reductionOf(Case c, String x, String like) {
    int rank = c.values().get(like).dims().rank();
    return c.node(
        "ReduceProd",
        List.of(x),
        "axes",
        new long[] {c.pick(0, rank - 1)},
        "keepdims",
        c.pick(0, 1));
  }
}
