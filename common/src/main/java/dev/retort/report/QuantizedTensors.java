package dev.retort.report;

import dev.retort.graph.Model;
import dev.retort.quantization.QuantizationPlan;
import dev.retort.quantization.RoundedWeights;
import dev.retort.statistics.StatisticsTable;
import java.util.List;

/**
 * The histograms of all tensors that a step quantized, in the order of the model.
 *
 * @param activations those that were observed; what only moves another tensor's values, or holds
 *     stored bytes, was not
 * @param weights of the layers
 */
public record QuantizedTensors(List<TensorHistogram> activations, List<TensorHistogram> weights) {
  public QuantizedTensors {
    activations = List.copyOf(activations);
    weights = List.copyOf(weights);
  }

  /** Those of a step that quantizes nothing. */
  public static QuantizedTensors none() {
    return new QuantizedTensors(List.of(), List.of());
  }

  /**
   * What {@code plan} does to {@code model}, the float model that it was made for.
   *
   * @param statistics what calibration observed
   */
  public static QuantizedTensors of(
      Model model, QuantizationPlan plan, StatisticsTable statistics) {
    return new QuantizedTensors(
        plan.activations().stream()
            .flatMap(
                activation ->
                    statistics.histogram(activation.tensor()).stream()
                        .map(values -> TensorHistogram.of(activation, values)))
            .toList(),
        RoundedWeights.of(model, plan)
            .filter(weights -> weights.values().count() > 0)
            .map(TensorHistogram::of)
            .toList());
  }
}
