package dev.retort.autodiff;

import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Einsum: the gradient by one operand is the Einsum of the output's gradient and the other
 * operands, to that operand's subscripts.
 *
 * <pre>
 * Y = einsum(a, b -&gt; y)      dA = einsum(y, b -&gt; a)
 * </pre>
 *
 * <p>An axis that only {@code a} has was summed away: its gradient is repeated along it. One of
 * size 1 that was broadcast gets the sum.
 *
 * <p>Refuses an axis twice in one operand (a diagonal), and an ellipsis in an operand of unknown
 * rank.
 */
final class EinsumGradients {
  static final Map<String, GradientRule> RULES = Map.of("Einsum", EinsumGradients::einsum);

  private EinsumGradients() {}

  private static void einsum(NodeGradient n) {
    EinsumEquation equation =
        EinsumEquation.parse(
            n.node().textAttribute("equation", ""), n.node().inputs().size(), n::rank);
    for (int i = 0; i < n.node().inputs().size(); i++) {
      int operand = i;
      n.give(operand, () -> byOperand(n, equation, operand));
    }
  }

  private static String byOperand(NodeGradient n, EinsumEquation equation, int operand) {
    Emitter e = n.emit();
    List<String> tensors = new ArrayList<>(List.of(n.gradient()));
    List<String> subscripts = new ArrayList<>(List.of(equation.output()));
    for (int i = 0; i < equation.operands().size(); i++) {
      if (i != operand) {
        tensors.add(n.input(i));
        subscripts.add(equation.operands().get(i));
      }
    }
    String own = equation.operands().get(operand);
    String all = String.join("", subscripts);
    String shared = letters(own, letter -> all.indexOf(letter) >= 0);
    String text = String.join(",", subscripts) + "->" + shared;
    String product =
        e.op("Einsum", Map.of("equation", Attribute.of(text)), tensors.toArray(String[]::new));
    if (shared.equals(own)) {
      return e.summedTo(product, dims(n, equation, own), n.input(operand));
    }
    long[] missing = own.chars().filter(c -> all.indexOf(c) < 0).mapToLong(own::indexOf).toArray();
    String repeated = e.op("Unsqueeze", product, e.ints(missing));
    return e.op("Expand", repeated, e.shapeOf(n.input(operand)));
  }

  private static String letters(String subscripts, IntPredicate chosen) {
    return subscripts
        .chars()
        .filter(chosen)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  /** The dimensions that {@code subscripts} have after broadcasting, where all are known. */
  private static Optional<List<Dim>> dims(
      NodeGradient n, EinsumEquation equation, String subscripts) {
    List<Dim> dims = new ArrayList<>();
    for (int axis = 0; axis < subscripts.length(); axis++) {
      char letter = subscripts.charAt(axis);
      List<Dim> seen =
          IntStream.range(0, equation.operands().size())
              .filter(i -> equation.operands().get(i).indexOf(letter) >= 0)
              .mapToObj(i -> dim(n, i, equation.operands().get(i).indexOf(letter)))
              .distinct()
              .toList();
      List<Dim> large = seen.stream().filter(dim -> !dim.equals(Dim.of(1))).toList();
      dims.add(large.isEmpty() ? Dim.of(1) : large.size() == 1 ? large.get(0) : Dim.UNKNOWN);
    }
    return Optional.of(dims);
  }

  private static Dim dim(NodeGradient n, int input, int axis) {
    return n.shape(n.input(input)).map(shape -> shape.get(axis)).orElse(Dim.UNKNOWN);
  }
}
