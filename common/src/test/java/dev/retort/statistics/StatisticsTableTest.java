package dev.retort.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.UserError;
import dev.retort.tensor.Dims;
import dev.retort.tensor.SampleBlock;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StatisticsTableTest {
  private static final List<StatisticRequest> REQUESTS =
      List.of(
          StatisticRequest.histogram("b"),
          StatisticRequest.channelSum("a", 0),
          StatisticRequest.histogram("a"),
          StatisticRequest.channelAbsMax("b", 0),
          StatisticRequest.channelSumOfSquares("b", 0),
          StatisticRequest.histogram("a"));

  @Test
  void anEmptyTableAnswersEachRequestOnceInOrder() {
    StatisticsTable table = StatisticsTable.empty(REQUESTS);
    assertThat(table.requests()).hasSize(5).isSorted();
    assertThat(table.tensors()).containsExactly("a", "b");
    assertThat(table.histogram("a")).contains(new ValueHistogram());
    assertThat(table.histogram("c")).isEmpty();
    assertThat(table.channelSum("b", 0)).isEmpty();
  }

  @Test
  void aBlockUpdatesAllStatisticsOfItsTensor() {
    StatisticsTable table = StatisticsTable.empty(REQUESTS);
    table.update("a", Blocks.of(Dims.of(2), 1, 2, 3, 4));
    assertThat(table.histogram("a").orElseThrow().count()).isEqualTo(4);
    assertThat(table.channelSum("a", 0).orElseThrow().sums()).containsExactly(4, 6);
    assertThat(table.histogram("b").orElseThrow().count()).isZero();
  }

  @Test
  void groupsMergedByTheFixedTreeHaveOneHashForAnyPartition() {
    List<SampleBlock> shards =
        IntStream.range(0, 10).mapToObj(i -> Blocks.random(i, 4, Dims.of(3, 5))).toList();
    String expected = null;
    for (int partitions : new int[] {1, 2, 7, 64}) {
      FixedTree<StatisticsTable> driver = new FixedTree<>(5, StatisticsTable::merge);
      for (int partition = 0; partition < partitions; partition++) {
        FixedTree<StatisticsTable> executor = new FixedTree<>(5, StatisticsTable::merge);
        for (int group = 4; group >= 0; group--) {
          if (group % partitions == partition) {
            executor.add(group, ofGroup(shards, group));
          }
        }
        executor.nodes().forEach(driver::add);
      }
      String hash = driver.root().sha256().hex();
      expected = expected == null ? hash : expected;
      assertThat(hash).as("%d partitions", partitions).isEqualTo(expected);
    }
  }

  @Test
  void onlyIntegersAndExtremesMergeInAnyOrder() {
    assertThat(StatisticsTable.empty(REQUESTS).mergesInAnyOrder()).isFalse();
    assertThat(StatisticsTable.empty(REQUESTS.subList(2, 4)).mergesInAnyOrder()).isTrue();
  }

  @Test
  void bytesRoundTrip() {
    StatisticsTable table = ofGroup(List.of(Blocks.random(1, 4, Dims.of(3, 5))), 0);
    StatisticsTable copy = StatisticsTable.of(table.toBytes());
    assertThat(copy).isEqualTo(table).hasSameHashCodeAs(table);
    assertThat(copy.toBytes()).isEqualTo(table.toBytes());
    assertThat(StatisticsTable.of(StatisticsTable.empty(List.of()).toBytes()).requests()).isEmpty();
  }

  @Test
  void damagedBytesAreRefused() {
    byte[] bytes = ofGroup(List.of(Blocks.random(1, 4, Dims.of(3, 5))), 0).toBytes();
    for (int length = 0; length < bytes.length; length += 97) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> StatisticsTable.of(cut))
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith("Cannot read a statistics table");
    }
    bytes[3] = 9;
    assertThatThrownBy(() -> StatisticsTable.of(bytes)).hasMessageContaining("its format is 9");
  }

  @Test
  void tablesOfOtherRequestsDoNotMerge() {
    assertThatThrownBy(
            () -> StatisticsTable.empty(REQUESTS).merge(StatisticsTable.empty(List.of())))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anAxisBelongsToStatisticsByChannelOnly() {
    assertThatThrownBy(() -> new StatisticRequest("a", StatisticRequest.Kind.HISTOGRAM, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> StatisticRequest.channelSum("a", -1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static StatisticsTable ofGroup(List<SampleBlock> shards, int group) {
    StatisticsTable table = StatisticsTable.empty(REQUESTS);
    shards
        .subList(2 * group, Math.min(2 * group + 2, shards.size()))
        .forEach(
            shard -> {
              table.update("a", shard);
              table.update("b", shard);
            });
    return table;
  }
}
