package dev.retort.graph.shape;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Einstein summation with letters for axes; equations with an ellipsis stay unknown. */
final class EinsumShapes {
  static final Map<String, ShapeRule> RULES = Map.of("Einsum", EinsumShapes::einsum);

  private EinsumShapes() {}

  private static List<TensorFact> einsum(NodeScope scope) {
    String equation = scope.node().textAttribute("equation", "").replace(" ", "");
    if (equation.isEmpty() || equation.contains("...")) {
      return List.of(TensorFact.of(scope.type(0), Optional.empty()));
    }
    int arrow = equation.indexOf("->");
    String left = arrow < 0 ? equation : equation.substring(0, arrow);
    List<String> terms = List.of(left.split(",", -1));
    Map<Character, Extent> extents = extents(scope, terms);
    String output = arrow < 0 ? implicit(left) : equation.substring(arrow + 2);
    List<Extent> shape =
        output
            .chars()
            .mapToObj(letter -> extents.getOrDefault((char) letter, Extent.UNKNOWN))
            .toList();
    return List.of(TensorFact.of(scope.type(0), Optional.of(new Shape(shape))));
  }

  private static Map<Character, Extent> extents(NodeScope scope, List<String> terms) {
    if (terms.size() != scope.node().inputs().size()) {
      throw new Malformed("equation", terms, "one term for each input");
    }
    Map<Character, Extent> extents = new HashMap<>();
    for (int i = 0; i < terms.size(); i++) {
      String term = terms.get(i);
      Shape shape = scope.shape(i).orElse(Shape.unknown(term.length()));
      if (shape.rank() != term.length()) {
        throw new Malformed("equation", term, "a letter for each of " + shape.rank() + " axes");
      }
      for (int axis = 0; axis < term.length(); axis++) {
        Extent extent = shape.at(axis);
        extents.merge(term.charAt(axis), extent, (a, b) -> a.isKnown() && !a.is(1) ? a : b);
      }
    }
    return extents;
  }

  /** Without an arrow the output has the letters that occur once, sorted. */
  private static String implicit(String terms) {
    Map<Character, Integer> counts = new TreeMap<>();
    for (char letter : terms.replace(",", "").toCharArray()) {
      counts.merge(letter, 1, Integer::sum);
    }
    StringBuilder once = new StringBuilder();
    counts.forEach((letter, count) -> once.append(count == 1 ? letter.toString() : ""));
    return once.toString();
  }
}
