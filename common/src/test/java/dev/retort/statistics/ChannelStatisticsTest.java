package dev.retort.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retort.tensor.Dims;
import dev.retort.tensor.SampleBlock;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The statistics by channel: abs-max, sum, sum of squares. */
class ChannelStatisticsTest {
  private static final List<StatisticRequest> REQUESTS =
      List.of(
          StatisticRequest.channelAbsMax("x", 0),
          StatisticRequest.channelSum("x", 0),
          StatisticRequest.channelSumOfSquares("x", 0));

  @Test
  void emptyHasNoChannelsAndIsTheIdentityOfMerging() {
    assertThat(new ChannelAbsMax(0).maxima()).isEmpty();
    assertThat(new ChannelSum(0, ChannelSum.Term.VALUE).sums()).isEmpty();
    assertThat(new ChannelSum(0, ChannelSum.Term.SQUARE).count()).isZero();
    for (StatisticRequest request : REQUESTS) {
      Statistic some = updated(request, Blocks.of(Dims.of(2), 1, 2));
      assertThat(updated(request, Blocks.of(Dims.of(2), 1, 2)).merge(request.empty()))
          .isEqualTo(some);
      assertThat(request.empty().merge(some)).isEqualTo(some).hasSameHashCodeAs(some);
    }
  }

  @Test
  void oneSampleGivesItsOwnValues() {
    SampleBlock sample = Blocks.of(Dims.of(2, 3), 1, -4, 2, 0.5f, 0.25f, -0.125f);
    ChannelAbsMax maximum = new ChannelAbsMax(0);
    maximum.update(sample);
    assertThat(maximum.maxima()).containsExactly(4, 0.5f);
    ChannelSum sum = new ChannelSum(0, ChannelSum.Term.VALUE);
    sum.update(sample);
    assertThat(sum.sums()).containsExactly(-1, 0.625);
    assertThat(sum.count()).isEqualTo(3);
    ChannelSum squares = new ChannelSum(1, ChannelSum.Term.SQUARE);
    squares.update(sample);
    assertThat(squares.sums()).containsExactly(1.25, 16.0625, 4.015625);
    assertThat(squares.count()).isEqualTo(2);
  }

  @Test
  void manySamplesAgreeWithDecimalArithmetic() {
    SampleBlock block = Blocks.random(3, 50, Dims.of(4, 7, 5));
    ChannelSum sum = new ChannelSum(0, ChannelSum.Term.VALUE);
    sum.update(block);
    ChannelSum squares = new ChannelSum(0, ChannelSum.Term.SQUARE);
    squares.update(block);
    float[] values = Blocks.floats(block);
    for (int channel = 0; channel < 4; channel++) {
      BigDecimal exact = BigDecimal.ZERO;
      BigDecimal exactSquares = BigDecimal.ZERO;
      double absolute = 0;
      for (int i = 0; i < values.length; i++) {
        if (i / 35 % 4 == channel) {
          BigDecimal value = new BigDecimal(values[i]);
          exact = exact.add(value);
          exactSquares = exactSquares.add(value.multiply(value));
          absolute += Math.abs(values[i]);
        }
      }
      double bound = 1750 * 0x1p-53;
      assertThat(sum.sums()[channel]).isCloseTo(exact.doubleValue(), within(bound * absolute));
      assertThat(squares.sums()[channel])
          .isCloseTo(exactSquares.doubleValue(), within(bound * exactSquares.doubleValue()));
    }
  }

  @Test
  void mergedAbsMaxEqualsTheWholeForAnyCut() {
    SampleBlock block = Blocks.random(5, 40, Dims.of(6, 9));
    Statistic whole = updated(REQUESTS.get(0), block);
    for (long seed = 0; seed < 20; seed++) {
      assertThat(Blocks.cutAndMerged(REQUESTS.get(0), block, seed)).isEqualTo(whole);
    }
    assertThat(whole.mergesInAnyOrder()).isTrue();
  }

  @Test
  void sumsMergedByTheFixedTreeHaveTheSameBitsForAnyPartition() {
    int shards = 11;
    List<SampleBlock> blocks =
        IntStream.range(0, shards).mapToObj(i -> Blocks.random(i, 5, Dims.of(3, 8))).toList();
    for (StatisticRequest request : REQUESTS.subList(1, 3)) {
      assertThat(request.empty().mergesInAnyOrder()).isFalse();
      byte[] expected = null;
      for (int partitions : new int[] {1, 2, 7, 11}) {
        FixedTree<Statistic> driver = new FixedTree<>(shards, Statistic::merge);
        for (int partition = 0; partition < partitions; partition++) {
          FixedTree<Statistic> executor = new FixedTree<>(shards, Statistic::merge);
          for (int shard = shards - 1; shard >= 0; shard--) {
            if (shard % partitions == partition) {
              executor.add(shard, updated(request, blocks.get(shard)));
            }
          }
          executor.nodes().forEach(driver::add);
        }
        byte[] bytes = driver.root().toBytes();
        expected = expected == null ? bytes : expected;
        assertThat(bytes).isEqualTo(expected);
      }
    }
  }

  @Test
  void bytesRoundTrip() {
    for (StatisticRequest request : REQUESTS) {
      for (Statistic statistic :
          List.of(request.empty(), updated(request, Blocks.random(1, 3, Dims.of(5, 2))))) {
        ByteBuffer bytes = ByteBuffer.wrap(statistic.toBytes());
        assertThat(request.kind().decode(bytes)).isEqualTo(statistic);
        assertThat(bytes.hasRemaining()).isFalse();
      }
    }
  }

  @Test
  void absMaxCountsNaNAndLeavesItOut() {
    ChannelAbsMax maximum = new ChannelAbsMax(0);
    maximum.update(Blocks.of(Dims.of(1, 3), Float.NaN, -2, 1));
    assertThat(maximum.maxima()).containsExactly(2);
    assertThat(maximum.nans()).isEqualTo(1);
  }

  @Test
  void otherChannelsAxesAndKindsAreRefused() {
    assertThatThrownBy(() -> REQUESTS.get(1).empty().merge(REQUESTS.get(2).empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sum of each VALUE")
        .hasMessageContaining("sum of each SQUARE");
    for (StatisticRequest request : REQUESTS) {
      Statistic two = updated(request, Blocks.of(Dims.of(2), 1, 2));
      assertThatThrownBy(() -> two.update(Blocks.of(Dims.of(3), 1, 2, 3)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("given 3 channels");
      assertThatThrownBy(() -> two.merge(new ValueHistogram()))
          .isInstanceOf(IllegalArgumentException.class);
      Statistic other = new StatisticRequest("x", request.kind(), 1).empty();
      assertThatThrownBy(() -> other.update(Blocks.of(Dims.of(2), 1, 2)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> two.merge(other)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static Statistic updated(StatisticRequest request, SampleBlock block) {
    Statistic statistic = request.empty();
    statistic.update(block);
    return statistic;
  }
}
