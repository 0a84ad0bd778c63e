package dev.retort.quantization;

import dev.retort.plan.Decision;
import java.util.Arrays;
import java.util.List;

/**
 * How one activation that dynamically quantized layers read is quantized: u8, the range found at
 * each run, after its outlying channels were divided by what their weights are multiplied by
 * (SmoothQuant, Xiao et al., arXiv:2211.10438, equation 4):
 *
 * <pre>
 *   c_k = max|x_k|^a / max|w_k|^(1-a),   s_k = max(1, c_k / median(c)),   y = (x / s) (s w)
 * </pre>
 *
 * <p>The paper's s is c itself. A factor common to all channels changes nothing, and one below 1
 * would make a channel that calibration saw quiet into an outlier wherever it is not, as in padded
 * positions: with the bound at the median, no channel grows.
 *
 * @param tensor the activation in the float model
 * @param divisors s of each channel; empty where none is divided
 * @param absMax the largest absolute value that calibration saw; 0 where it did not look
 * @param smoothedAbsMax the same after the division
 * @param reason for the report
 */
public record Smoothing(
    String tensor, List<Float> divisors, float absMax, float smoothedAbsMax, String reason) {
  public Smoothing {
    divisors = List.copyOf(divisors);
  }

  /** No channel is divided. */
  static Smoothing none(String tensor, float absMax, String reason) {
    return new Smoothing(tensor, List.of(), absMax, absMax, reason);
  }

  /**
   * The division that {@code alpha} asks for.
   *
   * @param activations abs-max of each channel, finite
   * @param weights abs-max of each channel over all weights that read it
   * @param alpha above 0, at most 1: how much of the outliers moves into the weights
   */
  static Smoothing of(String tensor, float[] activations, float[] weights, double alpha) {
    double[] ratios = new double[activations.length];
    for (int channel = 0; channel < ratios.length; channel++) {
      ratios[channel] =
          activations[channel] == 0 || weights[channel] == 0
              ? 0
              : StrictMath.pow(activations[channel], alpha)
                  / StrictMath.pow(weights[channel], 1 - alpha);
    }
    double median = median(ratios);
    Float[] divisors = new Float[ratios.length];
    float before = 0;
    float after = 0;
    for (int channel = 0; channel < ratios.length; channel++) {
      divisors[channel] = median == 0 ? 1 : (float) Math.max(1, ratios[channel] / median);
      before = Math.max(before, activations[channel]);
      after = Math.max(after, activations[channel] / divisors[channel]);
    }
    return new Smoothing(
        tensor,
        List.of(divisors),
        before,
        after,
        "range of each run; channels above the median of max|x|^%.2f / max|w|^%.2f are divided, their weights multiplied"
            .formatted(alpha, 1 - alpha));
  }

  boolean isNone() {
    return divisors.stream().allMatch(divisor -> divisor == 1);
  }

  /** The divisors, {@code channels} ones where there are none. */
  float[] factors(int channels) {
    float[] factors = new float[channels];
    Arrays.fill(factors, 1);
    for (int channel = 0; channel < divisors.size(); channel++) {
      factors[channel] = divisors.get(channel);
    }
    return factors;
  }

  /** This as a line of the plan. */
  Decision toDecision() {
    Decision decision =
        Decision.of(tensor, isNone() ? "uint8-dynamic" : "uint8-dynamic-smoothed", reason)
            .with("absMax", absMax);
    return isNone()
        ? decision
        : decision
            .with("smoothedAbsMax", smoothedAbsMax)
            .with("largestDivisor", divisors.stream().mapToDouble(d -> d).max().orElse(1))
            .with("dividedChannels", (double) divisors.stream().filter(d -> d > 1).count());
  }

  /** The median of the values above 0; 0 without any. */
  private static double median(double[] values) {
    double[] positive = Arrays.stream(values).filter(v -> v > 0).sorted().toArray();
    return positive.length == 0 ? 0 : positive[positive.length / 2];
  }
}
