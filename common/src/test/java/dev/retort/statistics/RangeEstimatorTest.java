package dev.retort.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retort.error.UserError;
import java.nio.FloatBuffer;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/**
 * Ranges against searches with numpy 2.4 and scipy 1.17 over the raw values of two samples of
 * 1,000,003 numbers. With t = (i * 7919 mod 1000003) / 1000003 the first is t, but 1 + 9000 (t -
 * 0.999) above 0.999: evenly spread over [0, 1] with one value in a thousand up to 10. The second
 * is the first, times -0.5 at odd i.
 */
class RangeEstimatorTest {
  private static final float[] ONE_SIDED = sample(1);
  private static final float[] TWO_SIDED = sample(-0.5f);

  /** A bin's width over its value. */
  private static final double BIN = 1.0 / 128;

  @Test
  void minMaxIsTheExactRangeWidenedToZero() {
    assertThat(range(RangeEstimator.MIN_MAX, TWO_SIDED, 8))
        .isEqualTo(new Range(min(TWO_SIDED), max(TWO_SIDED)));
    assertThat(range(RangeEstimator.MIN_MAX, new float[] {2, 3}, 8)).isEqualTo(new Range(0, 3));
    assertThat(range(RangeEstimator.MIN_MAX, new float[] {-2, -3}, 8)).isEqualTo(new Range(-3, 0));
  }

  /** {@code numpy.percentile(x, p, method="inverted_cdf")}. */
  @Test
  void percentilesAgreeWithNumpyToTheWidthOfABin() {
    assertRange(RangeEstimator.percentile(99), ONE_SIDED, 0, 0.98999906);
    assertRange(RangeEstimator.percentile(99.9), ONE_SIDED, 0, 0.998999);
    assertRange(RangeEstimator.percentile(99.99), ONE_SIDED, 0, 9.09100246);
    assertRange(RangeEstimator.percentile(99), TWO_SIDED, -0.49499902, 0.99000102);
    assertRange(RangeEstimator.percentile(99.9), TWO_SIDED, -0.51801342, 0.99899602);
    assertRange(RangeEstimator.percentile(99.99), TWO_SIDED, -4.55450153, 9.08200264);
  }

  /** The upper end of the best of 400 ranges, or the ends of the best of 96 x 96. */
  @Test
  void leastMeanSquaredErrorIsNotAboveThatOfASearchOverRawValues() {
    assertNoise(RangeEstimator.MSE, ONE_SIDED, 8, 1, 0, 9.420086f);
    assertNoise(RangeEstimator.MSE, ONE_SIDED, 4, 1, 0, 4.567314f);
    assertNoise(RangeEstimator.MSE, TWO_SIDED, 8, 1, -3.29109f, 9.19172f);
    assertNoise(RangeEstimator.MSE, TWO_SIDED, 4, 1, -0.448785f, 3.09721f);
  }

  @Test
  void signalToNoiseWithWeightedClippingIsNotBelowThatOfASearchOverRawValues() {
    assertNoise(RangeEstimator.SQNR, ONE_SIDED, 8, 3, 0, 9.705543f);
    assertNoise(RangeEstimator.SQNR, ONE_SIDED, 4, 3, 0, 6.49415f);
    assertNoise(RangeEstimator.SQNR, TWO_SIDED, 8, 3, -3.340955f, 9.19172f);
    assertNoise(RangeEstimator.SQNR, TWO_SIDED, 4, 3, -0.747975f, 5.79478f);
  }

  /**
   * The threshold of least {@code scipy.stats.entropy(P, Q)} over numpy's histogram of 2,048 bins,
   * by TensorRT's algorithm.
   */
  @Test
  void entropyAgreesWithTensorRtsAlgorithmOnTheRawHistogram() {
    double threshold = 1.0000757011584938;
    assertRange(RangeEstimator.KL, ONE_SIDED, 4, 0, threshold);
    assertRange(RangeEstimator.KL, TWO_SIDED, 8, -threshold, threshold);
    assertRange(RangeEstimator.KL, TWO_SIDED, 4, -threshold, threshold);
  }

  @Test
  void theExpectedErrorAgreesWithTheErrorOfEachValue() {
    for (int bits : new int[] {4, 8}) {
      AffineGrid grid = AffineGrid.of(new Range(-0.4f, 5), bits);
      double expected = noise(TWO_SIDED, grid, 1);
      assertThat(distribution(TWO_SIDED).meanSquaredError(grid))
          .isCloseTo(expected, Percentage.withPercentage(0.5));
    }
    double square = 0;
    for (float value : TWO_SIDED) {
      square += (double) value * value / TWO_SIDED.length;
    }
    assertThat(distribution(TWO_SIDED).meanSquare())
        .isCloseTo(square, Percentage.withPercentage(0.1));
  }

  @Test
  void theFractionOutsideIsThatOfTheValues() {
    assertThat(distribution(ONE_SIDED).fractionOutside(0, 0.5)).isCloseTo(0.5, within(1e-3));
    assertThat(distribution(ONE_SIDED).fractionOutside(0, 11)).isZero();
    assertThat(distribution(ONE_SIDED).total()).isEqualTo(ONE_SIDED.length);
  }

  @Test
  void aTensorOfZerosHasTheRangeOfZeroAlone() {
    for (RangeEstimator estimator : RangeEstimator.ALL) {
      Range range = range(estimator, new float[10], 8);
      assertThat(range).as(estimator.name()).isEqualTo(new Range(0, 0));
      assertThat(AffineGrid.of(range, 8)).isEqualTo(new AffineGrid(1, 0, 8));
    }
  }

  @Test
  void oneValueIsRepresentedByEveryEstimator() {
    for (float value : new float[] {3.25f, -0.001f, 1e30f, -1e-30f}) {
      for (RangeEstimator estimator : RangeEstimator.ALL) {
        AffineGrid grid = AffineGrid.of(range(estimator, new float[] {value}, 8), 8);
        assertThat((double) grid.value(grid.level(value)))
            .as(estimator.name() + " of " + value)
            .isCloseTo(value, Percentage.withPercentage(0.3));
      }
    }
  }

  @Test
  void estimatorsAreFoundByName() {
    for (RangeEstimator estimator : RangeEstimator.ALL) {
      assertThat(RangeEstimator.of(estimator.name())).isEqualTo(estimator);
    }
    assertThat(RangeEstimator.of("percentile-99.9")).isEqualTo(RangeEstimator.percentile(99.9));
  }

  @Test
  void unknownNamesAndPercentilesAreRefused() {
    for (String name : new String[] {"max", "percentile-", "percentile-x"}) {
      assertThatThrownBy(() -> RangeEstimator.of(name))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("range is " + name + ", must be one of [minmax, percentile, mse");
    }
    assertThatThrownBy(() -> RangeEstimator.percentile(100.5))
        .hasMessageContaining("percentile is 100.5, must be above 50 and at most 100");
  }

  @Test
  void aRangeIsFiniteAndOrdered() {
    assertThatThrownBy(() -> new Range(1, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Range(0, Float.POSITIVE_INFINITY))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Range(Float.NaN, 0)).isInstanceOf(IllegalArgumentException.class);
  }

  private static void assertRange(RangeEstimator e, float[] values, double min, double max) {
    assertRange(e, values, 8, min, max);
  }

  private static void assertRange(
      RangeEstimator estimator, float[] values, int bits, double min, double max) {
    Range range = range(estimator, values, bits);
    assertThat((double) range.min()).isCloseTo(min, within(BIN * Math.abs(min)));
    assertThat((double) range.max()).isCloseTo(max, within(BIN * max));
  }

  private static void assertNoise(
      RangeEstimator estimator, float[] values, int bits, double weight, float min, float max) {
    double found = noise(values, AffineGrid.of(range(estimator, values, bits), bits), weight);
    double searched = noise(values, AffineGrid.of(new Range(min, max), bits), weight);
    assertThat(found).isLessThan(searched * 1.01);
  }

  private static double noise(float[] values, AffineGrid grid, double clippingWeight) {
    double sum = 0;
    for (float value : values) {
      double error = (double) grid.value(grid.level(value)) - value;
      boolean clipped = value < grid.lowest() || value > grid.highest();
      sum += error * error * (clipped ? clippingWeight : 1);
    }
    return sum / values.length;
  }

  private static Range range(RangeEstimator estimator, float[] values, int bits) {
    return estimator.range(distribution(values), bits);
  }

  private static Distribution distribution(float[] values) {
    ValueHistogram histogram = new ValueHistogram();
    histogram.update(FloatBuffer.wrap(values));
    return histogram.distribution("x");
  }

  private static float[] sample(float oddFactor) {
    int n = 1_000_003;
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      double t = (double) ((long) i * 7919 % n) / n;
      float value = (float) (t < 0.999 ? t : 1 + (t - 0.999) * 9000);
      values[i] = i % 2 == 1 ? value * oddFactor : value;
    }
    return values;
  }

  private static float min(float[] values) {
    float least = values[0];
    for (float value : values) {
      least = Math.min(least, value);
    }
    return least;
  }

  private static float max(float[] values) {
    float greatest = values[0];
    for (float value : values) {
      greatest = Math.max(greatest, value);
    }
    return greatest;
  }
}
