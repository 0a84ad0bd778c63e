package dev.retort.statistics;

/**
 * The threshold that loses least information: entropy calibration (S. Migacz, 8-bit Inference with
 * TensorRT, GTC 2017).
 *
 * <p>Over 2,048 equal bins of |x|, for each threshold of i bins: P is the first i bins, the last of
 * which takes all that lies beyond; Q is P (without that) put into L levels and spread evenly over
 * the bins that are filled; the threshold with the least KL(P || Q) wins, the widest of equals. L
 * is {@code 2^bits} for values of one sign and {@code 2^(bits - 1)} for both, whose range is then
 * symmetric but for the extremes. Zeros count nothing. O(2,048^2) operations.
 */
record EntropyRange() implements RangeEstimator {
  private static final int BINS = 2048;

  @Override
  public String name() {
    return "kl";
  }

  @Override
  public String meaning() {
    return "the range with the least divergence between the values and their levels, as TensorRT does";
  }

  @Override
  public Range range(Distribution distribution, int bits) {
    Range all = RangeEstimator.MIN_MAX.range(distribution, bits);
    boolean bothSigns = all.min() < 0 && all.max() > 0;
    int levels = 1 << Math.min(bothSigns ? bits - 1 : bits, 11);
    double[] histogram = distribution.absoluteHistogram(BINS);
    double greatest = Math.max(-all.min(), all.max());
    float threshold = (float) (greatest * bestThreshold(histogram, levels) / BINS);
    float min = Math.max(all.min(), -threshold);
    float max = Math.min(all.max(), threshold);
    return new Range(min, max);
  }

  private static int bestThreshold(double[] histogram, int levels) {
    double beyond = 0;
    double least = Double.POSITIVE_INFINITY;
    int best = BINS;
    for (int threshold = BINS; threshold >= Math.max(levels, 2); threshold--) {
      double divergence = divergence(histogram, threshold, beyond, levels);
      if (divergence < least) {
        least = divergence;
        best = threshold;
      }
      beyond += histogram[threshold - 1];
    }
    return best;
  }

  /** KL(P || Q) in nats; infinite where P has mass and Q none. */
  private static double divergence(double[] histogram, int size, double beyond, int levels) {
    double total = beyond;
    for (int bin = 0; bin < size; bin++) {
      total += histogram[bin];
    }
    double kept = total - beyond;
    if (kept <= 0) {
      return Double.POSITIVE_INFINITY;
    }
    double sum = 0;
    for (int level = 0; level < levels; level++) {
      int from = (int) ((long) level * size / levels);
      int to = (int) ((long) (level + 1) * size / levels);
      sum += levelDivergence(histogram, from, to, size, beyond);
    }
    // With p = P / total and q = Q / kept: sum p ln(p / q) = sum P ln(P / Q) / total + a constant.
    return sum / total + StrictMath.log(kept / total);
  }

  private static double levelDivergence(
      double[] histogram, int from, int to, int size, double beyond) {
    double mass = 0;
    int filled = 0;
    for (int bin = from; bin < to; bin++) {
      mass += histogram[bin];
      filled += histogram[bin] > 0 ? 1 : 0;
    }
    double mean = mass / Math.max(filled, 1);
    double sum = 0;
    for (int bin = from; bin < to; bin++) {
      double p = histogram[bin] + (bin == size - 1 ? beyond : 0);
      if (p > 0) {
        sum += histogram[bin] > 0 ? p * StrictMath.log(p / mean) : Double.POSITIVE_INFINITY;
      }
    }
    return sum;
  }
}
