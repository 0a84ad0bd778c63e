package dev.retort.autodiff;

import dev.retort.graph.Attribute;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Einsum: the gradient by one operand is the Einsum of the output's gradient and the other
 * operands, to that operand's subscripts.
 *
 * <pre>
 * Y = einsum(a, b -&gt; y)      dA = einsum(y, b -&gt; a)
 * </pre>
 *
 * <p>An axis that only {@code a} has was summed away: its gradient is repeated along it.
 *
 * <p>Refuses an axis twice in one operand (a diagonal), and ellipses.
 */
final class EinsumGradients {
  static final Map<String, GradientRule> RULES = Map.of("Einsum", EinsumGradients::einsum);

  private static final Pattern COMMA = Pattern.compile(",");

  private EinsumGradients() {}

  /** The subscripts of the operands and of the output. */
  private record Equation(List<String> operands, String output) {
    static Equation parse(String text) {
      String equation = text.replace(" ", "");
      if (equation.contains(".")) {
        throw new NoGradient("its equation '" + text + "' has an ellipsis, must name each axis");
      }
      int arrow = equation.indexOf("->");
      String left = arrow < 0 ? equation : equation.substring(0, arrow);
      List<String> operands = COMMA.splitAsStream(left + ",;").limit(count(left)).toList();
      for (String operand : operands) {
        if (operand.chars().distinct().count() != operand.length()) {
          throw new NoGradient(
              "its equation '" + text + "' takes a diagonal, must name each axis once an operand");
        }
      }
      return new Equation(operands, arrow < 0 ? implicit(left) : equation.substring(arrow + 2));
    }

    private static int count(String left) {
      return 1 + (int) left.chars().filter(c -> c == ',').count();
    }

    /** The axes that appear once, in the order of their letters. */
    private static String implicit(String left) {
      return left.chars()
          .filter(c -> c != ',' && left.indexOf(c) == left.lastIndexOf(c))
          .sorted()
          .mapToObj(Character::toString)
          .collect(Collectors.joining());
    }
  }

  private static void einsum(NodeGradient n) {
    Equation equation = Equation.parse(n.node().textAttribute("equation", ""));
    for (int i = 0; i < equation.operands().size(); i++) {
      int operand = i;
      n.give(operand, () -> byOperand(n, equation, operand));
    }
  }

  private static String byOperand(NodeGradient n, Equation equation, int operand) {
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
    String shared =
        own.chars()
            .filter(c -> all.indexOf(c) >= 0)
            .mapToObj(Character::toString)
            .collect(Collectors.joining());
    String text = String.join(",", subscripts) + "->" + shared;
    String product =
        e.op("Einsum", Map.of("equation", Attribute.of(text)), tensors.toArray(String[]::new));
    long[] missing = own.chars().filter(c -> all.indexOf(c) < 0).mapToLong(own::indexOf).toArray();
    return missing.length == 0
        ? product
        : e.op("Expand", e.op("Unsqueeze", product, e.ints(missing)), e.shapeOf(n.input(operand)));
  }
}
