package dev.retort.quantization;

import dev.retort.plan.Decision;
import java.util.List;
import java.util.Map;
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
  public Map<String, String> settings() {
    return Map.of("range", choice.range().name(), "operators", choice.operators());
  }

  @Override
  public Stream<Decision> quantized() {
    return Stream.concat(
        activations.stream().map(ActivationQuantization::toDecision),
        layers.stream().map(LayerQuantization::toDecision));
  }
}
