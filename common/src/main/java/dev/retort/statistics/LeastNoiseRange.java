package dev.retort.statistics;

import java.util.function.DoubleFunction;

/**
 * The range whose grid has the least mean of (rounding error)^2 + weight * (clipping error)^2.
 *
 * <p>Weight 1 is the mean squared error (Nagel et al., A White Paper on Neural Network
 * Quantization, arXiv:2106.08295, section 3.1, equation 15); a greater weight keeps more of the
 * tails. Errors are exact for the distribution, by the closed form of {@link QuantizationNoise},
 * with the grid's real, rounded zero point.
 *
 * <p>Search: each end in turn is shrunk by 2^(-k/8), k = 0 to 64, then in 16 finer steps around the
 * best; two rounds when both ends count. At most 4 * 97 evaluations of O(filled bins), some 10 ms
 * for an activation.
 */
record LeastNoiseRange(String name, double clippingWeight) implements RangeEstimator {
  private static final int STEPS_AN_OCTAVE = 8;
  private static final int OCTAVES = 8;
  private static final int FINE_STEPS = 16;
  private static final int ROUNDS = 2;

  @Override
  public Range range(Distribution distribution, int bits) {
    Range range = RangeEstimator.MIN_MAX.range(distribution, bits);
    int rounds = range.min() < 0 && range.max() > 0 ? ROUNDS : 1;
    for (int round = 0; round < rounds; round++) {
      float min = range.min();
      float max = range.max();
      if (max > 0) {
        range = best(distribution, bits, f -> new Range(min, scaled(distribution.maximum(), f)));
      }
      float newMax = range.max();
      if (min < 0) {
        range = best(distribution, bits, f -> new Range(scaled(distribution.minimum(), f), newMax));
      }
      if (range.min() == min && range.max() == max) {
        break;
      }
    }
    return range;
  }

  private Range best(Distribution distribution, int bits, DoubleFunction<Range> candidate) {
    double coarse = search(distribution, bits, candidate, 0, STEPS_AN_OCTAVE * OCTAVES, 1);
    double from = Math.max(coarse - 1, 0);
    double best = search(distribution, bits, candidate, from, 2 * FINE_STEPS, 1.0 / FINE_STEPS);
    return candidate.apply(best);
  }

  /** The exponent {@code from + i * step}, i = 0 to {@code steps}, of the least noise. */
  private double search(
      Distribution distribution,
      int bits,
      DoubleFunction<Range> candidate,
      double from,
      int steps,
      double step) {
    double least = Double.POSITIVE_INFINITY;
    double best = from;
    for (int i = 0; i <= steps; i++) {
      double exponent = from + i * step;
      AffineGrid grid = AffineGrid.of(candidate.apply(exponent), bits);
      double noise = distribution.noise(grid, clippingWeight);
      if (noise < least) {
        least = noise;
        best = exponent;
      }
    }
    return best;
  }

  private static float scaled(float end, double exponent) {
    return (float) (end * Math.pow(2, -exponent / STEPS_AN_OCTAVE));
  }
}
