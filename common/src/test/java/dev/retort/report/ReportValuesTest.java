package dev.retort.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retort.provenance.Seed;
import dev.retort.statistics.Range;
import dev.retort.statistics.ValueHistogram;
import java.nio.FloatBuffer;
import java.util.Random;
import java.util.stream.Stream;
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
  void timesRatiosAndPlainNumbersSayNoMoreThanTheyKnow() {
    assertThat(Numbers.micros(3.26)).isEqualTo("3.26 \u00b5s");
    assertThat(Numbers.micros(1520)).isEqualTo("1.52 ms");
    assertThat(Numbers.decibels(38.84)).isEqualTo("38.8 dB");
    assertThat(Numbers.decibels(Double.POSITIVE_INFINITY)).isEqualTo("without limit");
    assertThat(Numbers.plain(0.03)).isEqualTo("0.03");
    assertThat(Numbers.plain(3)).isEqualTo("3");
    assertThat(Numbers.plain(3.91214)).isEqualTo("3.912");
    assertThat(Numbers.plain(100)).isEqualTo("100");
    assertThat(Numbers.significant(7.04e-5, 3)).isEqualTo("7.04e-5");
    assertThat(Numbers.significant(1e7, 3)).isEqualTo("1.00e7");
  }

  @Test
  void aChangeIsSaidInWords() {
    Change time = new Change("faster", "slower", "same speed");
    assertThat(time.words(2, 1, "\u00d7")).isEqualTo("2.00\u00d7 faster");
    assertThat(time.words(1, 3, " times")).isEqualTo("3.00 times slower");
    assertThat(time.words(0.666, 0.667, "\u00d7")).isEqualTo("same speed");
  }

  @Test
  void aGateHasTheUnitsOfItsKey() {
    assertThat(Gate.of("accuracy-drop", 0.03, "at most", 0.5, true))
        .isEqualTo(new Gate("accuracy drop", "0.03 points", "at most 0.5 points", true));
    assertThat(Gate.of("size-ratio", 2.912, "at least", 3, false))
        .isEqualTo(new Gate("size ratio", "2.912\u00d7", "at least 3\u00d7", false));
    assertThat(Gate.of("latency-millis", 0.25, "at most", 1, true))
        .isEqualTo(new Gate("latency", "0.25 ms", "at most 1 ms", true));
  }

  @Test
  void theNamesOfNumbersTellTheirUnits() {
    assertThat(DecisionNumber.title("signalToNoiseDecibels")).isEqualTo("signal to noise, dB");
    assertThat(DecisionNumber.title("validationMeanKl")).isEqualTo("validation mean KL, nats");
    assertThat(DecisionNumber.title("validationAgreement")).isEqualTo("validation agreement");
    assertThat(DecisionNumber.title("clippedFraction")).isEqualTo("clipped");
    assertThat(DecisionNumber.print("validationAgreement", 0.9983)).isEqualTo("99.83 %");
    assertThat(DecisionNumber.print("clippedFraction", 2e-5)).isEqualTo("0.0020 %");
    assertThat(DecisionNumber.print("sizeBytes", 717_230)).isEqualTo("717,230");
    assertThat(DecisionNumber.print("scale", 0.0080274)).isEqualTo("0.00803");
    assertThat(Stream.of("scale", "rangeMax", "rangeMin").sorted(DecisionNumber.ORDER))
        .containsExactly("rangeMin", "rangeMax", "scale");
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
    TensorHistogram tensor = tensor(histogram(values), new Range(-1, 1));

    long total = tensor.counts().stream().mapToLong(Long::longValue).sum();
    assertThat(total).isCloseTo(10_000, within(60L));
    assertThat(tensor.counts()).hasSize(96);
    assertThat(tensor.zeroFraction()).isEqualTo(0.5);
    assertThat(tensor.counts()).filteredOn(count -> count > 5_000).hasSize(1);
    // Of a normal distribution 31.73 % lie outside of one standard deviation.
    assertThat(tensor.kept().clippedFraction()).isCloseTo(0.1587, within(0.01));
  }

  @Test
  void theGreatestValueOfARectifiedTensorIsInTheLastBin() {
    TensorHistogram tensor = tensor(histogram(0, 0, 1, 2, 8), new Range(0, 4));
    assertThat(tensor.counts().get(0)).isEqualTo(2);
    assertThat(tensor.counts().get(95)).isEqualTo(1);
    assertThat(tensor.kept().clippedFraction()).isEqualTo(0.2);
  }

  @Test
  void aTensorOfOneValueHasOneBin() {
    TensorHistogram tensor = tensor(histogram(3, 3), new Range(0, 3));
    assertThat(tensor.counts()).containsExactly(2L);
    assertThat(tensor.kept().clippedFraction()).isZero();
  }

  private static TensorHistogram tensor(ValueHistogram values, Range range) {
    return TensorHistogram.of(SampleReport.quantized("t", range, values), values);
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
