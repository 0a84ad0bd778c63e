package dev.retort.quantization;

import dev.retort.plan.Decision;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * How one constant matrix is quantized: s8, symmetric, a scale for each channel.
 *
 * @param tensor its name in the float model
 * @param channelAxis 0 where rows are channels (embeddings, Gemm with transB), 1 where columns are
 * @param smoothedWith the activation whose divisors its input channels are multiplied by, if any
 * @param scales of the channels, positive
 * @param signalToNoise mean square of the values over their mean squared error, in dB
 * @param reason for the report
 */
public record MatrixQuantization(
    String tensor,
    int channelAxis,
    Optional<String> smoothedWith,
    List<Float> scales,
    double signalToNoise,
    String reason) {
  public MatrixQuantization {
    scales = List.copyOf(scales);
  }

  /** The plan's word for a matrix whose channels lie along {@code channelAxis}. */
  static String action(int channelAxis) {
    return channelAxis == 0 ? "int8-per-row" : "int8-per-column";
  }

  /** This as a line of the plan. */
  Decision toDecision() {
    Decision decision =
        Decision.of(tensor, action(channelAxis), reason)
            .with("channels", scales.size())
            .with("scaleMin", Collections.min(scales))
            .with("scaleMax", Collections.max(scales));
    return Decibels.addTo(decision, signalToNoise);
  }
}
