package dev.retort.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.UserError;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ValueHistogramTest {
  private static final StatisticRequest REQUEST = StatisticRequest.histogram("x");

  @Test
  void emptyHoldsNothingAndIsTheIdentityOfMerging() {
    ValueHistogram empty = new ValueHistogram();
    assertThat(empty.count()).isZero();
    assertThat(empty.minimum()).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(empty.maximum()).isEqualTo(Float.NEGATIVE_INFINITY);
    ValueHistogram some = histogram(1, -2, 0);
    assertThat(histogram(1, -2, 0).merge(new ValueHistogram())).isEqualTo(some);
    assertThat(new ValueHistogram().merge(some)).isEqualTo(some);
  }

  @Test
  void oneValueStandsInTheBinOfItsUpperSixteenBits() {
    ValueHistogram histogram = histogram(-3.5f);
    assertThat(histogram.inBin(Float.floatToRawIntBits(-3.5f) >>> 16)).isEqualTo(1);
    assertThat(histogram.minimum()).isEqualTo(-3.5f);
    assertThat(histogram.maximum()).isEqualTo(-3.5f);
    assertThat(histogram.zeros()).isZero();
  }

  @Test
  void manyValuesAreCountedAsOneByOne() {
    SampleBlock block = Blocks.random(7, 3, Dims.of(16, 40, 40));
    ValueHistogram histogram = new ValueHistogram();
    histogram.update(block);
    long[] expected = new long[ValueHistogram.BINS];
    long zeros = 0;
    float[] values = Blocks.floats(block);
    for (float value : values) {
      expected[Float.floatToRawIntBits(value) >>> 16]++;
      zeros += value == 0 ? 1 : 0;
    }
    Arrays.sort(values);
    assertThat(histogram.count()).isEqualTo(values.length);
    assertThat(histogram.zeros()).isEqualTo(zeros);
    assertThat(histogram.minimum()).isEqualTo(values[0]);
    assertThat(histogram.maximum()).isEqualTo(values[values.length - 1]);
    for (int key = 0; key < ValueHistogram.BINS; key++) {
      assertThat(histogram.inBin(key)).isEqualTo(expected[key]);
    }
  }

  @Test
  void mergedPiecesEqualTheWholeForAnyCut() {
    SampleBlock block = Blocks.random(11, 60, Dims.of(3, 20, 20));
    ValueHistogram whole = new ValueHistogram();
    whole.update(block);
    for (long seed = 0; seed < 20; seed++) {
      Statistic merged = Blocks.cutAndMerged(REQUEST, block, seed);
      assertThat(merged).isEqualTo(whole);
      assertThat(merged.toBytes()).isEqualTo(whole.toBytes());
    }
    assertThat(whole.mergesInAnyOrder()).isTrue();
  }

  @Test
  void bytesRoundTrip() {
    for (float[] values :
        new float[][] {{}, {0}, {1, -1, Float.NaN, Float.NEGATIVE_INFINITY, 1e-40f, -1e30f}}) {
      ValueHistogram histogram = histogram(values);
      ByteBuffer bytes = ByteBuffer.wrap(histogram.toBytes());
      assertThat(ValueHistogram.of(bytes)).isEqualTo(histogram).hasSameHashCodeAs(histogram);
      assertThat(bytes.hasRemaining()).isFalse();
    }
  }

  @Test
  void infinitiesAndNaNAreCountedApart() {
    ValueHistogram histogram =
        histogram(1, Float.NaN, Float.POSITIVE_INFINITY, Float.intBitsToFloat(0xFF80_0001), -2);
    assertThat(histogram.count()).isEqualTo(2);
    assertThat(histogram.nans()).isEqualTo(2);
    assertThat(histogram.infinities()).isEqualTo(1);
    assertThat(histogram.minimum()).isEqualTo(-2);
    assertThat(histogram.maximum()).isEqualTo(1);
    assertThatThrownBy(() -> histogram.distribution("conv1"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("conv1: it has 2 finite, 1 infinite and 2 NaN values");
  }

  @Test
  void aNegativeZeroIsZeroInAnyOrder() {
    ValueHistogram positiveFirst = histogram(0f, -0f);
    ValueHistogram negativeFirst = histogram(-0f, 0f);
    assertThat(positiveFirst.toBytes()).isEqualTo(negativeFirst.toBytes());
    assertThat(positiveFirst.zeros()).isEqualTo(2);
    assertThat(Float.floatToRawIntBits(negativeFirst.minimum())).isZero();
  }

  @Test
  void valuesOfOneSignKeepExactExtremes() {
    float[] positive = new float[5000];
    for (int i = 0; i < positive.length; i++) {
      positive[i] = 2 + (i * 37 % 5000) / 5000f;
    }
    assertThat(histogram(positive).minimum()).isEqualTo(2);
    assertThat(histogram(positive).maximum()).isEqualTo(2 + 4999 / 5000f);
  }

  @Test
  void aFloatBufferIsReadWithoutMovingIt() {
    FloatBuffer values = FloatBuffer.wrap(new float[] {9, 1, 2}).position(1);
    ValueHistogram histogram = new ValueHistogram();
    histogram.update(values);
    assertThat(histogram).isEqualTo(histogram(1, 2));
    assertThat(values.position()).isEqualTo(1);
  }

  @Test
  void otherTypesAndOtherStatisticsAreRefused() {
    SampleBlock bytes =
        new SampleBlock(ElementType.UINT8, Dims.of(2), 1, ByteBuffer.allocateDirect(2));
    assertThatThrownBy(() -> new ValueHistogram().update(bytes))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ValueHistogram().merge(new ChannelSum(0, ChannelSum.Term.VALUE)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static ValueHistogram histogram(float... values) {
    ValueHistogram histogram = new ValueHistogram();
    histogram.update(Blocks.of(values));
    return histogram;
  }
}
