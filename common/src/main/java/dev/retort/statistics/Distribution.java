package dev.retort.statistics;

import java.util.Arrays;

/**
 * A histogram read as a density: {@code count[i]} values spread evenly over {@code [low[i],
 * high[i]]}, intervals rising. Zeros stand apart, because every grid represents them exactly.
 * Immutable, and safe for use by several threads.
 *
 * <p>An interval is at most 2^-7 of its values wide and the first and last end at the exact
 * extremes, so a quantile is off by less than 0.8 %.
 */
public final class Distribution {
  private final double[] low;
  private final double[] high;
  private final double[] count;
  private final double total;
  private final double zeros;
  private final float minimum;
  private final float maximum;

  private Distribution(ValueHistogram histogram) {
    int filled = 0;
    double[] lows = new double[ValueHistogram.BINS];
    double[] highs = new double[ValueHistogram.BINS];
    double[] counts = new double[ValueHistogram.BINS];
    minimum = histogram.minimum();
    maximum = histogram.maximum();
    total = histogram.count();
    double outsideZero = 0;
    for (int position = 0; position < ValueHistogram.BINS; position++) {
      int key = keyAt(position);
      // Both bins of zero; what else they hold is below 10^-40.
      if (histogram.inBin(key) == 0 || (key & 0x7FFF) == 0) {
        continue;
      }
      double inner = Float.intBitsToFloat(key << 16);
      double outer = outerEnd(key);
      lows[filled] = Math.max(Math.min(inner, outer), minimum);
      highs[filled] = Math.min(Math.max(inner, outer), maximum);
      counts[filled++] = histogram.inBin(key);
      outsideZero += histogram.inBin(key);
    }
    low = Arrays.copyOf(lows, filled);
    high = Arrays.copyOf(highs, filled);
    count = Arrays.copyOf(counts, filled);
    zeros = total - outsideZero;
  }

  static Distribution of(ValueHistogram histogram) {
    return new Distribution(histogram);
  }

  public float minimum() {
    return minimum;
  }

  public float maximum() {
    return maximum;
  }

  /** How many values there are, zeros included. */
  public double total() {
    return total;
  }

  /** The value below which a {@code fraction} of all values lies, evenly spread in an interval. */
  public float quantile(double fraction) {
    double wanted = fraction * total;
    double below = 0;
    boolean pastZero = false;
    for (int i = 0; i < count.length; i++) {
      if (!pastZero && low[i] >= 0) {
        pastZero = true;
        below += zeros;
        if (wanted <= below) {
          return 0;
        }
      }
      if (wanted <= below + count[i]) {
        return (float) (low[i] + (high[i] - low[i]) * (wanted - below) / count[i]);
      }
      below += count[i];
    }
    return maximum;
  }

  /** The fraction of values that lie outside {@code [min, max]}. */
  public double fractionOutside(double min, double max) {
    double outside = 0;
    for (int i = 0; i < count.length; i++) {
      outside += count[i] * (1 - overlap(low[i], high[i], min, max));
    }
    return outside / total;
  }

  /** The mean of the squares. */
  public double meanSquare() {
    double sum = 0;
    for (int i = 0; i < count.length; i++) {
      sum += count[i] * (low[i] * low[i] + low[i] * high[i] + high[i] * high[i]) / 3;
    }
    return sum / total;
  }

  /** The mean squared error of {@code grid}: rounding within its ends, clipping beyond them. */
  public double meanSquaredError(AffineGrid grid) {
    return noise(grid, 1);
  }

  /** Rounding noise plus {@code clippingWeight} times clipping noise, a mean over all values. */
  double noise(AffineGrid grid, double clippingWeight) {
    double sum = 0;
    for (int i = 0; i < count.length; i++) {
      sum += count[i] * QuantizationNoise.mean(low[i], high[i], grid, clippingWeight);
    }
    return sum / total;
  }

  /** Counts of |x| in {@code bins} equal bins from 0 to the greatest absolute value. */
  double[] absoluteHistogram(int bins) {
    double width = Math.max(Math.abs((double) minimum), Math.abs((double) maximum)) / bins;
    double[] linear = new double[bins];
    for (int i = 0; i < count.length; i++) {
      double from = Math.min(Math.abs(low[i]), Math.abs(high[i]));
      double to = Math.max(Math.abs(low[i]), Math.abs(high[i]));
      int firstBin = Math.min((int) (from / width), bins - 1);
      int lastBin = Math.min((int) (to / width), bins - 1);
      for (int bin = firstBin; bin <= lastBin; bin++) {
        double upper = bin == bins - 1 ? Double.MAX_VALUE : (bin + 1) * width;
        linear[bin] += count[i] * overlap(from, to, bin * width, upper);
      }
    }
    return linear;
  }

  /** The fraction of {@code [low, high]} that lies within {@code [min, max]}. */
  private static double overlap(double low, double high, double min, double max) {
    if (low == high) {
      return low >= min && low <= max ? 1 : 0;
    }
    return Math.max(0, Math.min(high, max) - Math.max(low, min)) / (high - low);
  }

  /** The keys in the order of their values: the negative ones backwards, then the others. */
  private static int keyAt(int position) {
    int half = ValueHistogram.BINS / 2;
    return position < half ? ValueHistogram.BINS - 1 - position : position - half;
  }

  private static double outerEnd(int key) {
    double next = Float.intBitsToFloat(((key & 0x7FFF) + 1) << 16);
    return key >= ValueHistogram.BINS / 2 ? -next : next;
  }
}
