package dev.retort.training.augmentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampleRandomTest {
  private static final int DRAWS = 40_000;

  /** The five numbers that other implementations of SplitMix64 give for this start, unsigned. */
  @Test
  void isSplitMix64() {
    SampleRandom random = new SampleRandom(1234567);
    for (String expected :
        new String[] {
          "6457827717110365317",
          "3203168211198807973",
          "9817491932198370423",
          "4593380528125082431",
          "16408922859458223821"
        }) {
      assertThat(Long.toUnsignedString(random.next())).isEqualTo(expected);
    }
  }

  /** Bounds are five standard errors: 1/sqrt(12 n), 1/sqrt(n), sqrt(2/n). */
  @Test
  void meansAndVariancesAreThoseOfTheDistributions() {
    SampleRandom random = new SampleRandom(1);
    assertMoments(random::uniform, 0.5, 1.0 / 12);
    assertMoments(random::gaussian, 0, 1);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.2, 1, 3})
  void theBetaDistributionHasItsMeanAndVariance(double shape) {
    SampleRandom random = new SampleRandom(2);
    assertMoments(() -> random.symmetricBeta(shape), 0.5, 1 / (4 * (2 * shape + 1)));
  }

  @Test
  void integersAreUniformAndReachBothEnds() {
    SampleRandom random = new SampleRandom(3);
    Map<Integer, Integer> counts = new HashMap<>();
    for (int i = 0; i < DRAWS; i++) {
      counts.merge(random.between(-2, 2), 1, Integer::sum);
    }
    assertThat(counts).containsOnlyKeys(-2, -1, 0, 1, 2);
    // Five standard errors of a binomial count of p = 0.2.
    assertThat(counts.values()).allSatisfy(n -> assertThat(n).isCloseTo(DRAWS / 5, within(400)));
  }

  @Test
  void samplesAndKeysHaveStreamsOfTheirOwn() {
    assertThat(SampleRandom.of(5, 0).next()).isEqualTo(SampleRandom.of(5, 0).next());
    assertThat(SampleRandom.of(5, 0).next()).isNotEqualTo(SampleRandom.of(5, 1).next());
    assertThat(SampleRandom.of(5, 0).next()).isNotEqualTo(SampleRandom.of(6, 0).next());
  }

  private static void assertMoments(DoubleSupplier draw, double mean, double variance) {
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < DRAWS; i++) {
      double value = draw.getAsDouble();
      sum += value;
      squares += (value - mean) * (value - mean);
    }
    double error = 5 * Math.sqrt(1.0 / DRAWS);
    assertThat(sum / DRAWS).isCloseTo(mean, within(error * Math.sqrt(variance)));
    assertThat(squares / DRAWS).isCloseTo(variance, within(2 * error * variance));
  }
}
