package dev.retort.quantization;

import dev.retort.plan.Decision;
import dev.retort.plan.Plan;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What {@link StaticInt8} decided for a model; enough to rewrite it.
 *
 * @param scheme why it is static
 * @param choice the choice that it follows
 * @param activations in the order of the model's nodes
 * @param layers in the order of the model's nodes
 * @param others decisions on nodes: folded into a range, or kept in floating point, with the reason
 */
public record StaticPlan(
    Int8Scheme scheme,
    QuantizationChoice choice,
    List<ActivationQuantization> activations,
    List<LayerQuantization> layers,
    List<Decision> others)
    implements QuantizationPlan {
  public StaticPlan {
    activations = List.copyOf(activations);
    layers = List.copyOf(layers);
    others = List.copyOf(others);
  }

  @Override
  public Plan toPlan() {
    TreeMap<String, String> settings = new TreeMap<>();
    settings.put("preset", "int8");
    settings.put("range", choice.range().name());
    settings.put("operators", choice.operators());
    List<Decision> decisions =
        Stream.of(
                Stream.of(scheme.toDecision()),
                activations.stream().map(ActivationQuantization::toDecision),
                layers.stream().map(LayerQuantization::toDecision),
                others.stream())
            .flatMap(d -> d)
            .toList();
    return new Plan("quantize", settings, decisions);
  }
}
