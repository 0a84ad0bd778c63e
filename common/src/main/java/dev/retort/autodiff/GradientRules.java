package dev.retort.autodiff;

import dev.retort.graph.Node;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The one list of gradient rules: each family maps operators to the rule for their inputs. */
final class GradientRules {
  private static final List<Map<String, GradientRule>> FAMILIES =
      List.of(
          ArithmeticGradients.RULES,
          PowerGradients.RULES,
          ExtremumGradients.RULES,
          FunctionGradients.RULES,
          ActivationGradients.RULES,
          SoftmaxGradients.RULES,
          MatMulGradients.RULES,
          EinsumGradients.RULES,
          ConvGradients.RULES,
          PoolGradients.RULES,
          NormalizationGradients.RULES,
          ReduceGradients.RULES,
          ReshapeGradients.RULES,
          JoinGradients.RULES,
          SliceGradients.RULES,
          GatherGradients.RULES,
          DropoutGradients.RULES,
          ResizeGradients.RULES,
          QuantizationGradients.RULES);

  private static final Map<String, GradientRule> BY_OPERATOR = byOperator();

  private GradientRules() {}

  /** The rule for {@code node}; operators of com.microsoft carry that prefix in the families. */
  static Optional<GradientRule> of(Node node) {
    String key = node.domain().isEmpty() ? node.opType() : node.domain() + "::" + node.opType();
    return Optional.ofNullable(BY_OPERATOR.get(key));
  }

  /** The operators that have a rule, in the order of their names. */
  static Set<String> operators() {
    return BY_OPERATOR.keySet();
  }

  private static Map<String, GradientRule> byOperator() {
    Map<String, GradientRule> all = new TreeMap<>();
    for (Map<String, GradientRule> family : FAMILIES) {
      family.forEach(
          (operator, rule) -> {
            if (all.put(operator, rule) != null) {
              throw new IllegalStateException("two gradient rules for " + operator);
            }
          });
    }
    return Collections.unmodifiableMap(all);
  }
}
