package dev.retort.statistics;

import dev.retort.error.UserError;
import java.util.List;

/**
 * Chooses the range of a tensor's quantizer from its distribution and the width of its integers.
 * All estimators read the one histogram, so calibration runs once, whichever is used; all are pure
 * and safe for use by several threads. The range always holds zero.
 */
public interface RangeEstimator {
  /** Everything that was seen: clips nothing on the calibration data. O(1). */
  RangeEstimator MIN_MAX = new MinMaxRange();

  /** The central 99.999 % of the values. */
  RangeEstimator PERCENTILE = percentile(99.999);

  /** The range of the least mean squared error. */
  RangeEstimator MSE = new LeastNoiseRange("mse", 1);

  /**
   * The range of the greatest ratio of signal to noise where clipping counts three times: AIMET's
   * {@code SqnrEncodingAnalyzer} with its default {@code gamma}. (Unweighted, the ratio is greatest
   * where the mean squared error is least.)
   */
  RangeEstimator SQNR = new LeastNoiseRange("sqnr", 3);

  /** TensorRT's entropy calibration. */
  RangeEstimator KL = new EntropyRange();

  /** All estimators with their default settings, simplest first. */
  List<RangeEstimator> ALL = List.of(MIN_MAX, PERCENTILE, MSE, SQNR, KL);

  /**
   * The estimator called {@code name}: one of {@link #ALL}, or {@code percentile-} and a number.
   *
   * @throws UserError if there is none
   */
  static RangeEstimator of(String name) {
    return ALL.stream()
        .filter(estimator -> estimator.name().equals(name))
        .findFirst()
        .orElseGet(() -> PercentileRange.parse(name));
  }

  /**
   * The central {@code percent} of the values.
   *
   * @throws UserError unless above 50 and at most 100
   */
  static RangeEstimator percentile(double percent) {
    return new PercentileRange(percent);
  }

  /** The name in recipes and reports. */
  String name();

  /** What it keeps, for reports. */
  String meaning();

  /** The range for integers of {@code bits} bits. */
  Range range(Distribution distribution, int bits);
}
