package dev.retort.jobs.ingest;

import dev.retort.data.ShardPlan;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Which partitions of the sorted samples each chunk is cut from. */
final class ChunkTasks {
  /**
   * One chunk.
   *
   * @param chunk its number
   * @param partitions the partitions that hold its samples
   * @param firstSample the place, in the data set, of the first sample of these partitions
   */
  record Task(int chunk, List<Integer> partitions, long firstSample) implements Serializable {
    Task {
      partitions = List.copyOf(partitions);
    }

    int[] partitionNumbers() {
      return partitions.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  private ChunkTasks() {}

  /**
   * The tasks that make the chunks of {@code missing} shards.
   *
   * @param counts how many samples of the data set each partition holds
   */
  static List<Task> of(ShardPlan plan, Collection<Integer> missing, List<Long> counts) {
    TreeSet<Integer> chunks = new TreeSet<>();
    missing.forEach(shard -> chunks.add(shard / ShardPlan.SHARDS_PER_CHUNK));
    long[] starts = new long[counts.size() + 1];
    for (int i = 0; i < counts.size(); i++) {
      starts[i + 1] = starts[i] + counts.get(i);
    }
    List<Task> tasks = new ArrayList<>();
    for (int chunk : chunks) {
      long from = plan.firstSample(plan.firstShard(chunk));
      int lastShard = plan.firstShard(chunk) + plan.shardsIn(chunk) - 1;
      long to = plan.firstSample(lastShard) + plan.samplesIn(lastShard);
      List<Integer> partitions =
          IntStream.range(0, counts.size())
              .filter(i -> starts[i] < to && starts[i + 1] > from)
              .boxed()
              .toList();
      tasks.add(new Task(chunk, partitions, starts[partitions.get(0)]));
    }
    return tasks;
  }
}
