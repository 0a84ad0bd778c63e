package dev.retort.report;

import dev.retort.statistics.Distribution;
import dev.retort.statistics.Range;
import dev.retort.statistics.ValueHistogram;
import java.util.ArrayList;
import java.util.List;

/**
 * The values that a tensor took in calibration and the range that its quantizer keeps.
 *
 * @param tensor its name in the model
 * @param bins equal intervals from {@code min} to {@code max}, rising
 * @param min the least value
 * @param max the greatest
 * @param rangeMin the least value that is kept; smaller ones are clipped to it
 * @param rangeMax the greatest value that is kept
 * @param clippedFraction the share of values outside of the range
 * @param zeroFraction the share of exact zeros
 * @param note how the range was found, such as {@code mse, u8}
 */
public record TensorHistogram(
    String tensor,
    List<Bin> bins,
    double min,
    double max,
    double rangeMin,
    double rangeMax,
    double clippedFraction,
    double zeroFraction,
    String note) {
  private static final int BINS = 96;

  /** How many values lie in {@code [low, high)}. */
  public record Bin(double low, double high, long count) {}

  public TensorHistogram {
    bins = List.copyOf(bins);
  }

  /**
   * The {@value #BINS} bins of a calibrated tensor.
   *
   * @throws dev.retort.error.UserError if the histogram holds no or other than finite values
   */
  public static TensorHistogram of(
      String tensor, ValueHistogram histogram, Range range, String note) {
    Distribution distribution = histogram.distribution(tensor);
    return new TensorHistogram(
        tensor,
        bins(histogram, distribution),
        distribution.minimum(),
        distribution.maximum(),
        range.min(),
        range.max(),
        distribution.fractionOutside(range.min(), range.max()),
        (double) histogram.zeros() / histogram.count(),
        note);
  }

  private static List<Bin> bins(ValueHistogram histogram, Distribution distribution) {
    double min = distribution.minimum();
    double width = (distribution.maximum() - min) / BINS;
    if (width == 0) {
      return List.of(new Bin(min, min, histogram.count()));
    }
    List<Bin> bins = new ArrayList<>();
    for (int i = 0; i < BINS; i++) {
      double low = min + i * width;
      double high = i == BINS - 1 ? distribution.maximum() : min + (i + 1) * width;
      // What is not outside is inside or zero, which stands apart.
      double inside = distribution.total() * (1 - distribution.fractionOutside(low, high));
      boolean holdsZero = low <= 0 && (0 < high || i == BINS - 1);
      double count = inside - (holdsZero ? 0 : histogram.zeros());
      bins.add(new Bin(low, high, Math.max(0, Math.round(count))));
    }
    return bins;
  }
}
