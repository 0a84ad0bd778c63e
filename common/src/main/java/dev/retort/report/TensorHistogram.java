package dev.retort.report;

import dev.retort.quantization.ActivationQuantization;
import dev.retort.quantization.RoundedWeights;
import dev.retort.statistics.Distribution;
import dev.retort.statistics.ValueHistogram;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The values of a quantized tensor, the range that its quantizer keeps, and what that costs.
 *
 * @param tensor its name in the model
 * @param counts values in equal intervals from {@code min} to {@code max}, rising
 * @param min the least value
 * @param max the greatest
 * @param zeroFraction the share of exact zeros
 * @param kept what the quantizer keeps
 * @param note its scale, printed
 */
public record TensorHistogram(
    String tensor,
    List<Long> counts,
    double min,
    double max,
    double zeroFraction,
    Kept kept,
    String note) {
  private static final int INTERVALS = 96;

  /** The levels of a weight on each side of zero. */
  private static final int WEIGHT_LEVELS = 127;

  /**
   * What a quantizer keeps of a tensor.
   *
   * @param min the least value that is kept; smaller ones are clipped to it
   * @param max the greatest
   * @param clippedFraction the share of values that are clipped
   * @param signalToNoise mean square of the values over that of the errors, in dB; infinite where
   *     there is no error
   */
  public record Kept(double min, double max, double clippedFraction, double signalToNoise) {}

  public TensorHistogram {
    counts = List.copyOf(counts);
  }

  /**
   * An activation and its values in calibration.
   *
   * @throws dev.retort.error.UserError if the histogram holds no or other than finite values
   */
  public static TensorHistogram of(ActivationQuantization activation, ValueHistogram values) {
    Kept kept =
        new Kept(
            activation.range().min(),
            activation.range().max(),
            activation.clippedFraction(),
            activation.signalToNoise());
    String note =
        "scale %s, zero point %d"
            .formatted(
                Numbers.significant(activation.grid().scale(), 3), activation.grid().zeroPoint());
    return of(activation.tensor(), values, kept, note);
  }

  /**
   * The weights of a layer or embedding; the range is that of the channel with the greatest scale.
   *
   * @throws dev.retort.error.UserError if there are no or other than finite weights
   */
  public static TensorHistogram of(RoundedWeights weights) {
    double least = Collections.min(weights.scales());
    double greatest = Collections.max(weights.scales());
    double end = greatest * WEIGHT_LEVELS;
    String note =
        "%s channels, scales %s to %s; %s become 0"
            .formatted(
                Numbers.exact(weights.scales().size()),
                Numbers.significant(least, 3),
                Numbers.significant(greatest, 3),
                Numbers.share(weights.zeroedFraction()));
    Kept kept = new Kept(-end, end, weights.clippedFraction(), weights.signalToNoise());
    return of(weights.tensor(), weights.values(), kept, note);
  }

  private static TensorHistogram of(String tensor, ValueHistogram values, Kept kept, String note) {
    Distribution distribution = values.distribution(tensor);
    return new TensorHistogram(
        tensor,
        counts(values, distribution),
        distribution.minimum(),
        distribution.maximum(),
        (double) values.zeros() / values.count(),
        kept,
        note);
  }

  private static List<Long> counts(ValueHistogram values, Distribution distribution) {
    double min = distribution.minimum();
    double width = (distribution.maximum() - min) / INTERVALS;
    if (width == 0) {
      return List.of(values.count());
    }
    List<Long> counts = new ArrayList<>();
    for (int i = 0; i < INTERVALS; i++) {
      boolean isLast = i == INTERVALS - 1;
      double low = min + i * width;
      double high = isLast ? distribution.maximum() : min + (i + 1) * width;
      // What is not outside is inside or zero, which stands apart.
      double inside = distribution.total() * (1 - distribution.fractionOutside(low, high));
      boolean holdsZero = low <= 0 && (0 < high || isLast);
      double count = inside - (holdsZero ? 0 : values.zeros());
      counts.add(Math.max(0, Math.round(count)));
    }
    return counts;
  }
}
