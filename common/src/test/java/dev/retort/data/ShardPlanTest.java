package dev.retort.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShardPlanTest {
  @ParameterizedTest
  @CsvSource({
    "60000, 784, 512, 118, 1",
    "54000, 784, 448, 121, 1",
    "10000, 784, 128, 79, 1",
    "6000, 784, 64, 94, 1",
    "1, 784, 64, 1, 1",
    "4097, 784, 64, 65, 1",
    "8192, 784, 64, 128, 1",
    "1000000, 784, 2048, 489, 8",
    "60000, 602112, 111, 541, 8",
    "10, 100000000, 1, 10, 1"
  })
  void samplesAShardFollowTheNumberAndTheSizeOfSamples(
      long samples, long sampleBytes, int samplesPerShard, int shards, int groupSize) {
    ShardPlan plan = ShardPlan.of(samples, sampleBytes);

    assertThat(plan.samplesPerShard()).isEqualTo(samplesPerShard);
    assertThat(plan.shards()).isEqualTo(shards);
    assertThat(plan.groupSize()).isEqualTo(groupSize);
  }

  @Test
  void noShardHasMoreBytesThanItsSamplesAllow() {
    assertThat(ShardPlan.mostBytes(784)).isEqualTo(2_048 * 784);
    assertThat(ShardPlan.mostBytes(602_112)).isEqualTo(111 * 602_112);
    assertThat(ShardPlan.mostBytes(100_000_000)).isEqualTo(100_000_000);
    assertThat(ShardPlan.mostBytes(0)).isZero();
  }

  @Test
  void shardsAndChunksCoverAllSamplesOnce() {
    ShardPlan plan = ShardPlan.of(54_000, 784);

    assertThat(IntStream.range(0, plan.shards()).mapToLong(plan::samplesIn).sum())
        .isEqualTo(54_000);
    assertThat(plan.samplesIn(120)).isEqualTo(240);
    assertThat(plan.firstSample(120)).isEqualTo(53_760);
    assertThat(IntStream.range(0, plan.chunks()).map(plan::shardsIn).sum()).isEqualTo(121);
    assertThat(plan.chunks()).isEqualTo(8);
    assertThat(plan.firstShard(7)).isEqualTo(112);
    assertThat(plan.shardsIn(7)).isEqualTo(9);
  }

  @Test
  void nothingCannotBeCut() {
    assertThatThrownBy(() -> new ShardPlan(0, 64)).hasMessageContaining("cannot cut 0 samples");
  }
}
