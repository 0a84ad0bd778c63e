package dev.retort.jobs.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShardTasksTest {
  @Test
  void everyShardIsInExactlyOneTaskAndGroupsAreWhole() {
    Random random = new Random(1);
    for (int round = 0; round < 200; round++) {
      int groupSize = random.nextBoolean() ? 1 : 8;
      TreeSet<Integer> shards = new TreeSet<>();
      random.ints(random.nextInt(200), 0, 300).forEach(shards::add);

      List<int[]> tasks = ShardTasks.cut(shards, 1 + random.nextInt(64), groupSize);

      assertThat(tasks.stream().flatMapToInt(Arrays::stream).boxed().toList())
          .containsExactlyElementsOf(shards);
      long groups = shards.stream().mapToInt(s -> s / groupSize).distinct().count();
      long groupsOfTasks =
          tasks.stream()
              .mapToLong(t -> Arrays.stream(t).map(s -> s / groupSize).distinct().count())
              .sum();
      assertThat(groupsOfTasks).isEqualTo(groups);
    }
  }

  @Test
  void tasksAreEvenAndNoMoreThanGroups() {
    List<Integer> shards = IntStream.range(0, 121).boxed().toList();

    assertThat(ShardTasks.cut(shards, 64, 1)).hasSize(64).allMatch(t -> t.length <= 2);
    assertThat(ShardTasks.cut(shards, 1000, 1)).hasSize(121);
    assertThat(ShardTasks.cut(List.of(), 4, 1)).isEmpty();
  }

  @Test
  void theLongestTasksStandFirst() {
    List<Integer> shards = IntStream.range(0, 10).boxed().toList();

    assertThat(ShardTasks.longestFirst(ShardTasks.cut(shards, 8, 1)))
        .extracting(task -> task.length)
        .containsExactly(2, 2, 1, 1, 1, 1, 1, 1);
  }

  @Test
  void aChunkEndsAtAGapAndAtAMultipleOfSixteen() {
    assertThat(ShardTasks.endsChunk(14, 15)).isFalse();
    assertThat(ShardTasks.endsChunk(15, 16)).isTrue();
    assertThat(ShardTasks.endsChunk(3, 5)).isTrue();
  }

  @Test
  void aGroupMustFitAChunk() {
    assertThatThrownBy(() -> ShardTasks.cut(List.of(1), 1, 3))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
