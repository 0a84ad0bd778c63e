package dev.retort.quantization;

import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.plan.Decision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a {@link StaticPlan} would say of each node, from the sites that it is made of: the action
 * and the reason as the plan has them. What only data can tell is said to be open.
 */
final class StaticNodes {
  private StaticNodes() {}

  /**
   * One clause for each named node. Where the sets of operators that a run chooses from decide
   * differently on it, all decisions are named, each with its operators.
   *
   * @param groupSets the sets that lead to different models, all operators first
   */
  static Map<String, String> clauses(Model model, List<Set<OpGroup>> groupSets) {
    Map<Set<OpGroup>, Sites> choices = new LinkedHashMap<>();
    groupSets.forEach(groups -> choices.put(groups, Sites.of(model, groups)));
    return each(model, node -> clause(node, choices));
  }

  /** A clause by node, in the order of the model. */
  static Map<String, String> each(Model model, Function<Node, String> clause) {
    Map<String, String> clauses = new LinkedHashMap<>();
    model.graph().nodes().forEach(node -> clauses.put(node.name(), clause.apply(node)));
    return clauses;
  }

  private static String clause(Node node, Map<Set<OpGroup>, Sites> choices) {
    Map<String, List<String>> operators =
        choices.entrySet().stream()
            .collect(
                Collectors.groupingBy(
                    choice -> clause(node, choice.getValue()),
                    LinkedHashMap::new,
                    Collectors.mapping(
                        choice -> QuantizationChoice.operators(choice.getKey()),
                        Collectors.toList())));
    if (operators.size() == 1) {
      return operators.keySet().iterator().next();
    }
    return operators.entrySet().stream()
        .map(e -> "%s (when %s)".formatted(e.getKey(), String.join(" or ", e.getValue())))
        .collect(Collectors.joining("; or ", "", "; validation and latency choose"));
  }

  private static String clause(Node node, Sites sites) {
    String output = node.output(0);
    for (Decision decision : sites.others()) {
      if (decision.target().equals(output)) {
        return decision.action() + ": " + decision.reason();
      }
    }
    if (sites.layers().contains(node)) {
      return LayerQuantization.ACTION + ": " + WeightRounding.reason(node);
    }
    if (sites.makesStoredLevels(node)) {
      return StoredLevels.of(output, sites.graph(), sites.types())
          .map(stored -> ActivationQuantization.exact(stored.levels()))
          .map(reason -> ActivationQuantization.STORED + ": " + reason)
          .orElse("");
    }
    if (!sites.tensors().contains(output) && sites.nodes().contains(node)) {
      return ActivationQuantization.QUANTIZED + ": its range is that of the bound that reads it";
    }
    if (!sites.tensors().contains(output)) {
      return "keep-float: " + node.opType() + " moves values, and no quantized node reads them";
    }
    String source = sites.gridOf(output);
    return ActivationQuantization.QUANTIZED
        + ": "
        + (source.equals(output) ? "range by calibration" : ActivationQuantization.sharing(source));
  }
}
