package dev.retort.jobs.run;

import dev.retort.data.ShardPlan;
import java.io.Serializable;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One commit: consecutive shards of one part that one attempt has finished.
 *
 * <p>A chunk never crosses a multiple of {@value #SHARDS} shards. Chunks of several attempts may
 * overlap.
 *
 * @param part the part of the model
 * @param firstShard the first shard
 * @param attempt who made it
 * @param shards the entries by shard number, without gaps, beginning at {@code firstShard}
 */
public record ChunkManifest(
    int part, int firstShard, Attempt attempt, SortedMap<Integer, ShardEntry> shards)
    implements Serializable {
  /** The most shards of a chunk. */
  public static final int SHARDS = ShardPlan.SHARDS_PER_CHUNK;

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException if the shards are none, have gaps or cross a multiple of 16
   */
  public ChunkManifest {
    shards = Collections.unmodifiableSortedMap(new TreeMap<>(shards));
    if (part < 0 || shards.isEmpty() || shards.firstKey() != firstShard || firstShard < 0) {
      throw new IllegalArgumentException(
          "chunk of part %d does not begin at shard %d: %s"
              .formatted(part, firstShard, shards.keySet()));
    }
    int last = shards.lastKey();
    if (last - firstShard + 1 != shards.size() || last / SHARDS != firstShard / SHARDS) {
      throw new IllegalArgumentException(
          "chunk has gaps or crosses a multiple of %d: %s".formatted(SHARDS, shards.keySet()));
    }
  }
}
