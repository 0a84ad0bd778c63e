package dev.retort.graph.shape;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Losses: a scalar, or with reduction {@code none} one number for each target. */
final class LossShapes {
  static final Map<String, ShapeRule> RULES =
      Map.of(
          "NegativeLogLikelihoodLoss", LossShapes::loss,
          "SoftmaxCrossEntropyLoss", LossShapes::loss);

  private LossShapes() {}

  private static List<TensorFact> loss(NodeScope scope) {
    boolean each = scope.node().textAttribute("reduction", "mean").equals("none");
    Optional<Shape> shape = each ? scope.shape(1) : Optional.of(Shape.SCALAR);
    return List.of(TensorFact.of(scope.type(0), shape), ElementwiseShapes.sameAsInput(scope));
  }
}
