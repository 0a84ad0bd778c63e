package dev.retort.quantization;

import dev.retort.plan.Decision;
import java.util.Collections;
import java.util.List;

/**
 * How the weights and the bias of one layer are quantized: s8, symmetric, a scale for each output
 * channel.
 *
 * @param output the layer's output in the float model, which names the layer
 * @param weight the name of its weights
 * @param scales of the output channels, positive
 * @param biasCorrections what is added to the bias of each output channel
 * @param signalToNoise mean square of the weights over their mean squared error, in dB
 * @param reason for the report
 */
public record LayerQuantization(
    String output,
    String weight,
    List<Float> scales,
    List<Float> biasCorrections,
    double signalToNoise,
    String reason) {
  /** The plan's word for it. */
  static final String ACTION = "int8-per-channel";

  public LayerQuantization {
    scales = List.copyOf(scales);
    biasCorrections = List.copyOf(biasCorrections);
  }

  /** This as a line of the plan. */
  public Decision toDecision() {
    double largest =
        biasCorrections.stream().mapToDouble(c -> Math.abs((double) c)).max().orElse(0);
    Decision decision =
        Decision.of(weight, ACTION, reason)
            .with("channels", scales.size())
            .with("scaleMin", Collections.min(scales))
            .with("scaleMax", Collections.max(scales))
            .with("largestBiasCorrection", largest);
    return Decibels.addTo(decision, signalToNoise);
  }
}
