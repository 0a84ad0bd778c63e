package dev.retort.autodiff;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The subscripts of an Einsum, one letter an axis: ellipses are replaced by letters that the
 * equation does not use, aligned at the right as broadcasting aligns them.
 *
 * @param operands of each operand
 * @param output of the output
 */
record EinsumEquation(List<String> operands, String output) {
  private static final Pattern COMMA = Pattern.compile(",");
  private static final String ELLIPSIS = "...";

  EinsumEquation {
    operands = List.copyOf(operands);
  }

  /**
   * Parses {@code text}.
   *
   * @param ranks the rank of each operand
   * @throws NoGradient for a diagonal
   */
  static EinsumEquation parse(String text, int operands, IntUnaryOperator ranks) {
    String equation = text.replace(" ", "");
    int arrow = equation.indexOf("->");
    String left = arrow < 0 ? equation : equation.substring(0, arrow);
    List<String> terms = new ArrayList<>(COMMA.splitAsStream(left).toList());
    // Splitting drops empty terms at the end: operands that are scalars.
    terms.addAll(Collections.nCopies(Math.max(0, operands - terms.size()), ""));
    String letters = "";
    for (int i = 0; i < terms.size(); i++) {
      String term = terms.get(i);
      if (term.contains(ELLIPSIS)) {
        int hidden = ranks.applyAsInt(i) - (term.length() - ELLIPSIS.length());
        letters = hidden > letters.length() ? unused(equation, hidden) : letters;
      }
    }
    List<String> expanded = new ArrayList<>();
    for (int i = 0; i < terms.size(); i++) {
      expanded.add(expanded(terms.get(i), letters, i, ranks));
    }
    String output =
        arrow < 0
            ? letters + implicit(left)
            : equation.substring(arrow + 2).replace(ELLIPSIS, letters);
    requireNoDiagonal(text, expanded);
    return new EinsumEquation(expanded, output);
  }

  private static void requireNoDiagonal(String text, List<String> operands) {
    for (String operand : operands) {
      if (operand.chars().distinct().count() != operand.length()) {
        throw new NoGradient(
            "its equation '%s' takes a diagonal, must name each axis once an operand"
                .formatted(text));
      }
    }
  }

  private static String expanded(String term, String letters, int operand, IntUnaryOperator ranks) {
    if (!term.contains(ELLIPSIS)) {
      return term;
    }
    int hidden = ranks.applyAsInt(operand) - (term.length() - ELLIPSIS.length());
    return term.replace(ELLIPSIS, letters.substring(letters.length() - hidden));
  }

  private static String unused(String equation, int count) {
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        .chars()
        .filter(letter -> equation.indexOf(letter) < 0)
        .limit(count)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  /** The axes that appear once, in the order of their letters. */
  private static String implicit(String left) {
    return left.chars()
        .filter(Character::isLetter)
        .filter(letter -> left.indexOf(letter) == left.lastIndexOf(letter))
        .sorted()
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }
}
