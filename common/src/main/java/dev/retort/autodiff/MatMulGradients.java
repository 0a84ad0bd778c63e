package dev.retort.autodiff;

import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Matrix products, batched and broadcast as in NumPy.
 *
 * <pre>
 * MatMul   Y = A B       dA = G B'      dB = A' G      (' transposes the last two axes)
 * Gemm     Y = alpha op(A) op(B) + beta C
 *            dA = alpha G op(B)'  or, with transA, its transpose
 *            dB = alpha op(A)' G  or, with transB, its transpose
 *            dC = beta G, summed over what broadcasting repeats
 * </pre>
 *
 * <p>A matrix {@code B} under a batch of {@code A} is one product of the rows of the whole batch. A
 * vector is a matrix of one row ({@code A}) or column ({@code B}).
 */
final class MatMulGradients {
  static final Map<String, GradientRule> RULES =
      Map.of("MatMul", MatMulGradients::matMul, "Gemm", MatMulGradients::gemm);

  private MatMulGradients() {}

  private static void matMul(NodeGradient n) {
    if (n.rank(1) <= 2) {
      byMatrix(n);
    } else if (n.rank(0) == 1) {
      vectorByBatch(n);
    } else {
      batched(n);
    }
  }

  /** {@code B} is a matrix {@code [K, N]} or a column {@code [K]}. */
  private static void byMatrix(NodeGradient n) {
    Emitter e = n.emit();
    String a = n.input(0);
    String b = n.input(1);
    boolean column = n.rank(1) == 1;
    String gradient =
        column ? e.reshaped(n.gradient(), -1, 1) : matrix(e, n.gradient(), n.output(0), b, 1);
    String matrix = column ? e.reshaped(b, -1, 1) : b;
    n.give(
        0,
        () -> {
          String rows = product(e, gradient, matrix, 0, 1, 1);
          return n.rank(0) == 2 ? rows : e.reshapedLike(rows, a);
        });
    n.give(
        1,
        () -> {
          String rows = matrix(e, a, a, a, n.rank(0) - 1);
          String whole = product(e, rows, gradient, 1, 0, 1);
          return column ? e.reshapedLike(whole, b) : whole;
        });
  }

  /** {@code tensor}, of the rank of {@code as}, as a matrix with rows as axis of {@code like}. */
  private static String matrix(Emitter e, String tensor, String as, String like, int axis) {
    return e.rank(as) == 2 ? tensor : e.rows(tensor, like, axis);
  }

  private static String product(
      Emitter e, String a, String b, long transA, long transB, float alpha) {
    return e.op(
        "Gemm",
        Map.of(
            "transA", Attribute.of(transA),
            "transB", Attribute.of(transB),
            "alpha", Attribute.of(alpha)),
        a,
        b);
  }

  /** {@code A [K], B [..., K, N] -> Y [..., N]}. */
  private static void vectorByBatch(NodeGradient n) {
    Emitter e = n.emit();
    int rank = n.rank(1);
    String row = e.op("Unsqueeze", n.gradient(), e.ints(-2));
    n.give(
        0,
        () -> {
          String product = e.op("MatMul", row, swapped(e, n.input(1), rank));
          return e.sum(product, LongStream.range(0, rank - 1).toArray());
        });
    n.give(1, () -> e.op("MatMul", e.reshaped(n.input(0), -1, 1), row));
  }

  private static void batched(NodeGradient n) {
    Emitter e = n.emit();
    String a = n.input(0);
    String b = n.input(1);
    n.give(
        0,
        () -> {
          String product = e.op("MatMul", n.gradient(), swapped(e, b, n.rank(1)));
          return e.summedTo(product, batchAndMatrix(n, a), a);
        });
    n.give(
        1,
        () -> {
          String product = e.op("MatMul", swapped(e, a, n.rank(0)), n.gradient());
          return e.summedTo(product, batchAndMatrix(n, b), b);
        });
  }

  /** The batch axes of the output, then the last two axes of {@code operand}. */
  private static Optional<List<Dim>> batchAndMatrix(NodeGradient n, String operand) {
    Optional<List<Dim>> output = n.shape(n.output(0));
    Optional<List<Dim>> own = n.shape(operand);
    if (output.isEmpty() || own.isEmpty()) {
      return Optional.empty();
    }
    List<Dim> dims = new ArrayList<>(output.get().subList(0, output.get().size() - 2));
    dims.addAll(own.get().subList(own.get().size() - 2, own.get().size()));
    return Optional.of(dims);
  }

  private static String swapped(Emitter e, String tensor, int rank) {
    long[] permutation = LongStream.range(0, rank).toArray();
    permutation[rank - 1] = rank - 2L;
    permutation[rank - 2] = rank - 1L;
    return e.transposed(tensor, permutation);
  }

  private static void gemm(NodeGradient n) {
    Emitter e = n.emit();
    String a = n.input(0);
    String b = n.input(1);
    long transA = n.node().intAttribute("transA", 0) == 0 ? 0 : 1;
    long transB = n.node().intAttribute("transB", 0) == 0 ? 0 : 1;
    float alpha = n.node().floatAttribute("alpha", 1);
    float beta = n.node().floatAttribute("beta", 1);
    n.give(
        0,
        () ->
            transA == 0
                ? product(e, n.gradient(), b, 0, 1 - transB, alpha)
                : product(e, b, n.gradient(), transB, 1, alpha));
    n.give(
        1,
        () ->
            transB == 0
                ? product(e, a, n.gradient(), 1 - transA, 0, alpha)
                : product(e, n.gradient(), a, 1, transA, alpha));
    n.giveBroadcast(2, () -> e.scaled(n.gradient(), beta, n.output(0)));
  }
}
