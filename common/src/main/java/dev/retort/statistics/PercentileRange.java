package dev.retort.statistics;

import dev.retort.error.UserError;

/**
 * The central {@code percent} of all values, zeros included: each tail loses half of the rest, and
 * a side that zero bounds loses nothing, its half going to the other tail.
 *
 * <p>Percentile calibration as in Wu et al., Integer Quantization for Deep Learning Inference,
 * arXiv:2004.09602, section 4.1. Within a bin values count as evenly spread: an end is off by less
 * than 0.8 % of itself. O(filled bins).
 *
 * @param percent above 50, at most 100
 */
public record PercentileRange(double percent) implements RangeEstimator {
  private static final String PREFIX = "percentile-";
  private static final double DEFAULT = 99.999;

  public PercentileRange {
    if (!(percent > 50 && percent <= 100)) {
      throw UserError.usage(
          "Cannot choose ranges: percentile is %s, must be above 50 and at most 100"
              .formatted(percent));
    }
  }

  static PercentileRange parse(String name) {
    if (name.startsWith(PREFIX)) {
      try {
        return new PercentileRange(Double.parseDouble(name.substring(PREFIX.length())));
      } catch (NumberFormatException e) {
        throw unknown(name, e);
      }
    }
    throw unknown(name, null);
  }

  @Override
  public String name() {
    return percent == DEFAULT ? "percentile" : PREFIX + percent;
  }

  @Override
  public String meaning() {
    return "the central " + percent + " % of the values";
  }

  @Override
  public Range range(Distribution distribution, int bits) {
    double rest = 1 - percent / 100;
    if (distribution.minimum() >= 0) {
      return new Range(0, distribution.quantile(1 - rest));
    }
    if (distribution.maximum() <= 0) {
      return new Range(distribution.quantile(rest), 0);
    }
    return new Range(distribution.quantile(rest / 2), distribution.quantile(1 - rest / 2))
        .withZero();
  }

  private static UserError unknown(String name, Throwable cause) {
    return UserError.usage(
        "Cannot choose ranges: range is %s, must be one of %s or percentile-P"
            .formatted(name, RangeEstimator.ALL.stream().map(RangeEstimator::name).toList()),
        cause);
  }
}
