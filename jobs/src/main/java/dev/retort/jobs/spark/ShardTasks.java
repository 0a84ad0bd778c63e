package dev.retort.jobs.spark;

import dev.retort.jobs.run.ChunkManifest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * Cuts shards into tasks and a task's shards into chunks.
 *
 * <p>Which task computes a shard changes no result: a task gets whole groups of shards, whose float
 * states it folds in order, and no chunk crosses a multiple of {@link ChunkManifest#SHARDS}.
 */
public final class ShardTasks {

  private ShardTasks() {}

  /**
   * Deals the groups that {@code shards} belong to over at most {@code tasks} tasks, in order and
   * as evenly as possible; a group with one missing shard is computed whole by one task.
   *
   * @param groupSize shards a group; must divide {@link ChunkManifest#SHARDS}
   */
  public static List<int[]> cut(Collection<Integer> shards, int tasks, int groupSize) {
    if (ChunkManifest.SHARDS % groupSize != 0 || tasks < 1) {
      throw new IllegalArgumentException("groups of " + groupSize + " shards, " + tasks + " tasks");
    }
    TreeMap<Integer, List<Integer>> groups = new TreeMap<>();
    shards.stream()
        .sorted()
        .distinct()
        .forEach(s -> groups.computeIfAbsent(s / groupSize, g -> new ArrayList<>()).add(s));
    List<List<Integer>> ordered = List.copyOf(groups.values());
    int count = Math.min(tasks, ordered.size());
    List<int[]> cut = new ArrayList<>(count);
    for (int task = 0; task < count; task++) {
      int from = (int) ((long) task * ordered.size() / count);
      int to = (int) ((long) (task + 1) * ordered.size() / count);
      cut.add(
          ordered.subList(from, to).stream()
              .flatMap(List::stream)
              .mapToInt(Integer::intValue)
              .toArray());
    }
    return cut;
  }

  /** The longest tasks first, so that no slot begins one when the others are done. */
  static List<int[]> longestFirst(List<int[]> tasks) {
    return tasks.stream()
        .sorted(Comparator.comparingInt((int[] task) -> task.length).reversed())
        .toList();
  }

  /** Whether a chunk that holds {@code previous} must end before {@code next}. */
  static boolean endsChunk(int previous, int next) {
    return next != previous + 1 || next % ChunkManifest.SHARDS == 0;
  }
}
