package dev.retort.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retort.provenance.Seed;
import dev.retort.statistics.Range;
import dev.retort.statistics.ValueHistogram;
import java.nio.FloatBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Numbers, scales, intervals and histograms, apart from the page. */
class ReportValuesTest {
  @Test
  void numbersHaveThreeDigitsAndATrueMinus() {
    assertThat(Numbers.significant(0.0123456, 3)).isEqualTo("0.0123");
    assertThat(Numbers.significant(-1.5, 3)).isEqualTo("\u22121.50");
    assertThat(Numbers.significant(123.4, 3)).isEqualTo("123");
    assertThat(Numbers.significant(98765, 3)).isEqualTo("98765");
    assertThat(Numbers.significant(0, 3)).isEqualTo("0");
    assertThat(Numbers.significant(2.1e-12, 3)).isEqualTo("2.10e-12");
    assertThat(Numbers.significant(Double.NaN, 3)).isEqualTo("\u2013");
  }

  @Test
  void unitsAreDecimal() {
    assertThat(Numbers.bytes(999)).isEqualTo("999 B");
    assertThat(Numbers.bytes(746_918)).isEqualTo("747 KB");
    assertThat(Numbers.bytes(3_000_000_000L)).isEqualTo("3.00 GB");
    assertThat(Numbers.count(9_999)).isEqualTo("9,999");
    assertThat(Numbers.count(61_248_000)).isEqualTo("61.2 M");
    assertThat(Numbers.seconds(0.21)).isEqualTo("0.21 s");
    assertThat(Numbers.seconds(161.3)).isEqualTo("2 min 41 s");
  }

  @Test
  void sharesAndPointsKeepTheirSize() {
    assertThat(Numbers.share(0)).isEqualTo("0 %");
    assertThat(Numbers.share(2e-9)).isEqualTo("< 0.001 %");
    assertThat(Numbers.share(0.00048)).isEqualTo("0.048 %");
    assertThat(Numbers.points(0.00004)).isEqualTo("\u00b10.00");
    assertThat(Numbers.points(-0.0121)).isEqualTo("\u22121.21");
    assertThat(Numbers.points(0.01)).isEqualTo("+1.00");
    assertThat(Numbers.trimmed(94.5)).isEqualTo("94.5");
    assertThat(Numbers.trimmed(-0.001)).isEqualTo("0");
    assertThat(Numbers.trimmed(20)).isEqualTo("20");
  }

  @Test
  void aScaleHasRoundTicksAndCutsAtItsEnds() {
    Axis axis = new Axis(0.9438, 0.9531);
    assertThat(axis.ticks(4))
        .usingElementComparator((a, b) -> Math.abs(a - b) < 1e-12 ? 0 : 1)
        .containsExactly(0.945, 0.95);
    assertThat(axis.position(0)).isZero();
    assertThat(axis.position(2)).isEqualTo(100);
    assertThat(new Axis(0, 10).css(2.5)).isEqualTo("25.00%");
    assertThat(new Axis(0, 10).widened(0.1)).isEqualTo(new Axis(-1, 11));
  }

  @Test
  void aScaleOfOneValueHasItInTheMiddle() {
    assertThat(new Axis(5, 5).position(5)).isCloseTo(50, within(1e-9));
    assertThat(new Axis(0, 0).position(0)).isCloseTo(50, within(1e-9));
  }

  /** R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3. */
  @Test
  void intervalsOfSharesAreThePublishedOnes() {
    assertInterval(Estimate.ofShare(81, 263), 0.2553, 0.3662);
    assertInterval(Estimate.ofShare(15, 148), 0.0624, 0.1605);
    assertInterval(Estimate.ofShare(0, 20), 0.0000, 0.1611);
    assertInterval(Estimate.ofShare(1, 29), 0.0061, 0.1718);
  }

  @Test
  void aValueOutsideOfItsIntervalIsRefused() {
    assertThatThrownBy(() -> new Estimate(1, 2, 3)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Estimate(Double.NaN, 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void binsHoldAllValuesWithTheZerosInTheirOwn() {
    Random random = new Seed(3).random();
    float[] values = new float[10_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 2 == 0 ? 0 : (float) random.nextGaussian();
    }
    TensorHistogram tensor = TensorHistogram.of("t", histogram(values), new Range(-1, 1), "mse");

    long total = tensor.bins().stream().mapToLong(TensorHistogram.Bin::count).sum();
    assertThat(total).isCloseTo(10_000, within(60L));
    assertThat(tensor.bins()).hasSize(96);
    assertThat(tensor.zeroFraction()).isEqualTo(0.5);
    assertThat(tensor.bins().stream().filter(bin -> bin.low() <= 0 && bin.high() > 0))
        .singleElement()
        .satisfies(bin -> assertThat(bin.count()).isGreaterThan(5_000));
    // Of a normal distribution 31.73 % lie outside of one standard deviation.
    assertThat(tensor.clippedFraction()).isCloseTo(0.1587, within(0.01));
  }

  @Test
  void theGreatestValueOfARectifiedTensorIsInTheLastBin() {
    TensorHistogram tensor =
        TensorHistogram.of("t", histogram(0, 0, 1, 2, 8), new Range(0, 4), "mse");
    assertThat(tensor.bins().get(0).count()).isEqualTo(2);
    assertThat(tensor.bins().get(95).count()).isEqualTo(1);
    assertThat(tensor.clippedFraction()).isEqualTo(0.2);
  }

  @Test
  void aTensorOfOneValueHasOneBin() {
    TensorHistogram tensor = TensorHistogram.of("t", histogram(3, 3), new Range(0, 3), "mse");
    assertThat(tensor.bins()).containsExactly(new TensorHistogram.Bin(3, 3, 2));
    assertThat(tensor.clippedFraction()).isZero();
  }

  private static ValueHistogram histogram(float... values) {
    ValueHistogram histogram = new ValueHistogram();
    histogram.update(FloatBuffer.wrap(values));
    return histogram;
  }

  private static void assertInterval(Estimate estimate, double low, double high) {
    assertThat(estimate.low()).isCloseTo(low, within(5e-5));
    assertThat(estimate.high()).isCloseTo(high, within(5e-5));
  }
}
