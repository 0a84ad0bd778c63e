package dev.retort.graph.shape;

import dev.retort.graph.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The one list of shape rules: each family maps operators to the rule for their outputs. */
final class ShapeRules {
  private static final List<Map<String, ShapeRule>> FAMILIES =
      List.of(
          ElementwiseShapes.RULES,
          LinearShapes.RULES,
          ConvolutionShapes.RULES,
          PoolingShapes.RULES,
          NormalizationShapes.RULES,
          ReductionShapes.RULES,
          ReshapingShapes.RULES,
          JoiningShapes.RULES,
          SelectionShapes.RULES,
          SliceShapes.RULES,
          ScalingShapes.RULES,
          QuantizationShapes.RULES,
          GeneratedShapes.RULES,
          SignalShapes.RULES,
          RegionShapes.RULES,
          LossShapes.RULES,
          EinsumShapes.RULES,
          TextShapes.RULES,
          RecurrentShapes.RULES);

  private static final Map<String, ShapeRule> BY_OPERATOR = byOperator();

  private ShapeRules() {}

  /** The rule for {@code node}; operators of com.microsoft carry that prefix in the families. */
  static Optional<ShapeRule> of(Node node) {
    String key = node.domain().isEmpty() ? node.opType() : node.domain() + "::" + node.opType();
    return Optional.ofNullable(BY_OPERATOR.get(key));
  }

  private static Map<String, ShapeRule> byOperator() {
    Map<String, ShapeRule> all = new HashMap<>();
    for (Map<String, ShapeRule> family : FAMILIES) {
      family.forEach(
          (operator, rule) -> {
            if (all.put(operator, rule) != null) {
              throw new IllegalStateException("two shape rules for " + operator);
            }
          });
    }
    return Map.copyOf(all);
  }
}
