package dev.retort.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.UserError;
import dev.retort.provenance.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class EpochOrderTest {
  private static final Seed SEED = new Seed(17);
  private static final List<Integer> SIZES = List.of(64, 64, 64, 64, 64, 64, 64, 13);
  private static final SampleLengths LENGTHS = (shard, index) -> 3 + (shard * 31 + index * 7) % 90;

  @Test
  void everySampleStandsInOneBatchOnce() {
    Random random = new Random(1);
    for (int round = 0; round < 30; round++) {
      List<Integer> sizes = random.ints(1 + random.nextInt(9), 0, 40).boxed().toList();
      int batch = 1 + random.nextInt(20);
      EpochOrder order = new EpochOrder(SEED, round, sizes, batch);
      List<Long> expected = new ArrayList<>();
      for (int shard = 0; shard < sizes.size(); shard++) {
        for (int index = 0; index < sizes.get(shard); index++) {
          expected.add(TrainingBatch.sample(shard, index));
        }
      }
      assertThat(stream(order, null)).containsExactlyInAnyOrderElementsOf(expected);
      assertThat(stream(order, LENGTHS)).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void allBatchesButTheLastAreFullAndMaySpanShards() {
    EpochOrder order = new EpochOrder(SEED, 0, SIZES, 50);
    assertThat(order.samples()).isEqualTo(461);
    assertThat(order.batches()).isEqualTo(10);
    for (int number = 0; number < 9; number++) {
      assertThat(order.batch(number).samples()).isEqualTo(50);
    }
    assertThat(order.batch(9).samples()).isEqualTo(11);
    assertThat(order.batch(1).shards()).hasSize(2);
  }

  @Test
  void theStreamGoesThroughShardsOneAfterTheOther() {
    EpochOrder order = new EpochOrder(SEED, 3, SIZES, 7);
    List<Integer> shards =
        stream(order, null).stream().map(s -> (int) (s >>> 32)).distinct().toList();
    assertThat(shards).isEqualTo(Arrays.stream(order.shards()).boxed().toList());
    assertThat(shards).isNotEqualTo(IntStream.range(0, 8).boxed().toList());
  }

  @Test
  void theOrderInsideAShardDependsOnSeedEpochAndShardAlone() {
    EpochOrder order = new EpochOrder(SEED, 3, SIZES, 7);
    EpochOrder fewer = new EpochOrder(SEED, 3, SIZES.subList(0, 3), 11);
    for (int shard = 0; shard < 3; shard++) {
      assertThat(inside(order, shard)).isEqualTo(inside(fewer, shard)).hasSize(64);
    }
    assertThat(inside(order, 0)).isNotEqualTo(inside(order, 1));
  }

  @Test
  void epochsAndSeedsHaveOrdersOfTheirOwn() {
    List<Long> first = stream(new EpochOrder(SEED, 0, SIZES, 7), null);
    assertThat(stream(new EpochOrder(SEED, 0, SIZES, 7), null)).isEqualTo(first);
    assertThat(stream(new EpochOrder(SEED, 0, SIZES, 20), null)).isEqualTo(first);
    assertThat(stream(new EpochOrder(SEED, 1, SIZES, 7), null)).isNotEqualTo(first);
    assertThat(stream(new EpochOrder(new Seed(18), 0, SIZES, 7), null)).isNotEqualTo(first);
  }

  /**
   * The order is a contract: stored checkpoints resume in it. Worked out by hand from its
   * definition: SHA-256 seeds, {@link Random}, and the shuffle from the last place down.
   */
  @Test
  void theOrderIsThatOfItsDefinition() {
    EpochOrder order = new EpochOrder(SEED, 5, List.of(2, 3), 2);
    List<Integer> shards = new ArrayList<>(List.of(0, 1));
    Collections.shuffle(shards, SEED.derive("epoch-shards", 5).random());
    List<Long> expected = new ArrayList<>();
    for (int shard : shards) {
      List<Integer> inside =
          new ArrayList<>(IntStream.range(0, shard == 0 ? 2 : 3).boxed().toList());
      Collections.shuffle(inside, SEED.derive("epoch-samples", 5, shard).random());
      inside.forEach(index -> expected.add(TrainingBatch.sample(shard, index)));
    }
    assertThat(stream(order, null)).isEqualTo(expected);
  }

  @Test
  void batchesCanBeAskedForInAnyOrder() {
    EpochOrder forwards = new EpochOrder(SEED, 2, SIZES, 9);
    EpochOrder backwards = new EpochOrder(SEED, 2, SIZES, 9);
    for (long number = forwards.batches() - 1; number >= 0; number--) {
      backwards.batch(number, LENGTHS);
    }
    assertThat(samples(backwards.batch(0, LENGTHS))).isEqualTo(samples(forwards.batch(0, LENGTHS)));
    assertThat(samples(backwards.batch(30))).isEqualTo(samples(forwards.batch(30)));
  }

  @Test
  void aWindowsBatchesAreSortedByLengthAndShuffled() {
    EpochOrder order = new EpochOrder(SEED, 0, SIZES, 3);
    List<List<Integer>> lengths =
        LongStream.range(0, 64)
            .mapToObj(number -> order.batch(number, LENGTHS))
            .map(EpochOrderTest::lengths)
            .toList();
    List<List<Integer>> ascending =
        lengths.stream().sorted(Comparator.comparing(l -> l.get(0) * 1000 + l.get(2))).toList();
    assertThat(ascending.stream().flatMap(List::stream).toList()).isSorted();
    assertThat(ascending).isNotEqualTo(lengths);
    List<Long> window = stream(new EpochOrder(SEED, 0, SIZES, 3), null).subList(0, 192);
    List<Long> sorted = new ArrayList<>();
    for (long number = 0; number < 64; number++) {
      sorted.addAll(samples(order.batch(number, LENGTHS)));
    }
    assertThat(sorted).containsExactlyInAnyOrderElementsOf(window);
  }

  @Test
  void workersShareTheBatchesOfAnEpoch() {
    for (int workers : List.of(1, 2, 3, 5)) {
      for (int sync : List.of(1, 4, 10)) {
        List<Long> taken = new ArrayList<>();
        for (int worker = 0; worker < workers; worker++) {
          WorkerShare share = new WorkerShare(worker, workers, sync);
          for (long round = 0; round < share.rounds(37); round++) {
            int first = worker;
            share
                .batches(round, 37)
                .peek(b -> assertThat(b % share.workers()).isEqualTo(first))
                .forEach(taken::add);
          }
        }
        assertThat(taken)
            .containsExactlyInAnyOrderElementsOf(LongStream.range(0, 37).boxed().toList());
      }
    }
  }

  @Test
  void aRoundIsTheSameNumberOfBatchesForEachWorker() {
    assertThat(new WorkerShare(1, 3, 2).batches(0, 100)).containsExactly(1L, 4L);
    assertThat(new WorkerShare(1, 3, 2).batches(2, 100)).containsExactly(13L, 16L);
    assertThat(new WorkerShare(2, 3, 2).batches(2, 14)).isEmpty();
    assertThat(new WorkerShare(0, 3, 2).rounds(14)).isEqualTo(3);
    assertThat(new WorkerShare(0, 3, 2).rounds(12)).isEqualTo(2);
  }

  @Test
  void badSettingsAreRefused() {
    assertThatThrownBy(() -> new EpochOrder(SEED, 0, SIZES, 0))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("batch is 0, must be 1 or above");
    assertThatThrownBy(() -> new WorkerShare(0, 2, 0)).isInstanceOf(UserError.class);
    assertThatThrownBy(() -> new EpochOrder(SEED, 0, SIZES, 100).batch(5))
        .hasMessageContaining("batch 5 of 5");
  }

  private static List<Long> stream(EpochOrder order, SampleLengths lengths) {
    List<Long> all = new ArrayList<>();
    for (long number = 0; number < order.batches(); number++) {
      TrainingBatch batch = lengths == null ? order.batch(number) : order.batch(number, lengths);
      assertThat(batch.number()).isEqualTo(number);
      all.addAll(samples(batch));
    }
    return all;
  }

  private static List<Long> samples(TrainingBatch batch) {
    return IntStream.range(0, batch.samples())
        .mapToObj(i -> TrainingBatch.sample(batch.shard(i), batch.index(i)))
        .toList();
  }

  private static List<Integer> lengths(TrainingBatch batch) {
    return IntStream.range(0, batch.samples())
        .mapToObj(i -> LENGTHS.length(batch.shard(i), batch.index(i)))
        .toList();
  }

  private static List<Integer> inside(EpochOrder order, int shard) {
    return stream(order, null).stream()
        .filter(sample -> (int) (sample >>> 32) == shard)
        .map(Long::intValue)
        .toList();
  }
}
