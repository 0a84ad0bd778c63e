package dev.retort.graph.shape;

import dev.retort.graph.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Recurrent layers, and conditionals, whose two branches may give the same type. */
final class RecurrentShapes {
  static final Map<String, ShapeRule> RULES =
      Map.of(
          "LSTM", RecurrentShapes::recurrent,
          "GRU", RecurrentShapes::recurrent,
          "RNN", RecurrentShapes::recurrent,
          "If", RecurrentShapes::conditional);

  private RecurrentShapes() {}

  /**
   * {@code X [S, N, I], W [D, G H, I], R [D, G H, H]} give {@code Y [S, D, N, H]} and {@code Y_h,
   * Y_c [D, N, H]}, with G gates. ONNX Runtime trusts {@code hidden_size} and reads past the
   * weights when it is not theirs.
   */
  private static List<TensorFact> recurrent(NodeScope scope) {
    Node node = scope.node();
    Optional<Shape> input = scope.shapeOfRank(0, 3);
    boolean both = node.textAttribute("direction", "forward").equals("bidirectional");
    Extent directions = Extent.of(both ? 2 : 1);
    Extent hidden = hidden(scope);
    requireWeights(scope, 1, directions, hidden);
    requireWeights(scope, 2, directions, hidden);
    if (input.isEmpty() || node.intAttribute("layout", 0) != 0) {
      return List.of();
    }
    Extent batch = input.get().at(1);
    Optional<Shape> state = Optional.of(Shape.of(directions, batch, hidden));
    Optional<Shape> all = Optional.of(Shape.of(input.get().at(0), directions, batch, hidden));
    return List.of(
        TensorFact.of(scope.type(0), all),
        TensorFact.of(scope.type(0), state),
        TensorFact.of(scope.type(0), state));
  }

  private static Extent hidden(NodeScope scope) {
    Extent ofWeight = scope.shapeOfRank(2, 3).map(r -> r.at(2)).orElse(Extent.UNKNOWN);
    if (!scope.node().attributes().containsKey("hidden_size")) {
      return ofWeight;
    }
    Extent stated = Extent.of(scope.node().intAttribute("hidden_size", 0));
    requireEqual("hidden_size", stated, ofWeight);
    return stated;
  }

  private static void requireWeights(NodeScope scope, int input, Extent directions, Extent hidden) {
    long gates =
        switch (scope.node().opType()) {
          case "LSTM" -> 4;
          case "GRU" -> 3;
          default -> 1;
        };
    Optional<Shape> weight = scope.shapeOfRank(input, 3);
    if (weight.isPresent()) {
      requireEqual("axis 0 of input " + input, weight.get().at(0), directions);
      requireEqual("axis 1 of input " + input, weight.get().at(1), hidden.times(gates));
    }
  }

  private static void requireEqual(String what, Extent actual, Extent expected) {
    boolean fixed = actual.fixed().isPresent() && expected.fixed().isPresent();
    if (fixed && !actual.equals(expected)) {
      throw new Malformed(what, actual, expected.toString());
    }
  }

  private static List<TensorFact> conditional(NodeScope scope) {
    Optional<List<TensorFact>> yes = scope.subGraph("then_branch");
    Optional<List<TensorFact>> no = scope.subGraph("else_branch");
    List<TensorFact> outputs = new ArrayList<>();
    int count = Math.min(yes.map(List::size).orElse(0), no.map(List::size).orElse(0));
    for (int i = 0; i < count; i++) {
      outputs.add(common(yes.get().get(i), no.get().get(i)));
    }
    return outputs;
  }

  private static TensorFact common(TensorFact a, TensorFact b) {
    boolean sameRank =
        a.shape().isPresent()
            && b.shape().isPresent()
            && a.shape().get().rank() == b.shape().get().rank();
    Optional<Shape> shape = Optional.empty();
    if (sameRank) {
      List<Extent> extents = new ArrayList<>();
      for (int i = 0; i < a.shape().get().rank(); i++) {
        Extent extent = a.shape().get().at(i);
        extents.add(extent.equals(b.shape().get().at(i)) ? extent : Extent.UNKNOWN);
      }
      shape = Optional.of(new Shape(extents));
    }
    return TensorFact.of(a.type().equals(b.type()) ? a.type() : Optional.empty(), shape);
  }
}
