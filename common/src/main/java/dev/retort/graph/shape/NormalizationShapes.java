package dev.retort.graph.shape;

import dev.retort.tensor.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Normalizations, whose first output has the shape of the first input. */
final class NormalizationShapes {
  static final Map<String, ShapeRule> RULES =
      Map.of(
          "BatchNormalization", NormalizationShapes::batch,
          "InstanceNormalization", NormalizationShapes::first,
          "GroupNormalization", NormalizationShapes::first,
          "LRN", NormalizationShapes::first,
          "LpNormalization", NormalizationShapes::first,
          "MeanVarianceNormalization", NormalizationShapes::first,
          "LayerNormalization", NormalizationShapes::layer,
          "RMSNormalization", NormalizationShapes::first,
          "com.microsoft::SkipLayerNormalization", NormalizationShapes::first,
          "Dropout", NormalizationShapes::dropout);

  private NormalizationShapes() {}

  private static List<TensorFact> first(NodeScope scope) {
    return List.of(ElementwiseShapes.sameAsInput(scope));
  }

  private static List<TensorFact> batch(NodeScope scope) {
    Optional<Shape> input = scope.shapeOfRank(0, 2);
    Optional<Shape> channels = input.map(shape -> Shape.of(shape.at(1)));
    List<TensorFact> outputs = new ArrayList<>(first(scope));
    for (int i = 1; i < scope.node().outputs().size(); i++) {
      outputs.add(TensorFact.of(scope.type(i < 3 ? i + 2 : 0), channels));
    }
    return outputs;
  }

  private static List<TensorFact> layer(NodeScope scope) {
    Optional<Shape> statistics =
        scope
            .shape(0)
            .map(
                shape -> {
                  Shape ones = shape;
                  int axis = shape.axis("axis", scope.node().intAttribute("axis", -1));
                  for (int i = axis; i < shape.rank(); i++) {
                    ones = ones.with(i, Extent.ONE);
                  }
                  return ones;
                });
    TensorFact statistic = TensorFact.of(ElementType.FLOAT32, statistics);
    return List.of(ElementwiseShapes.sameAsInput(scope), statistic, statistic);
  }

  private static List<TensorFact> dropout(NodeScope scope) {
    boolean boolMask = scope.opset() >= 10;
    return List.of(
        ElementwiseShapes.sameAsInput(scope),
        TensorFact.of(boolMask ? Optional.of(ElementType.BOOL) : scope.type(0), scope.shape(0)));
  }
}
