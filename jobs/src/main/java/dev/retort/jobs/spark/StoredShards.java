package dev.retort.jobs.spark;

import dev.retort.error.InfrastructureError;
import dev.retort.jobs.run.ShardEntry;
import dev.retort.jobs.run.ShardKey;
import dev.retort.jobs.run.StageAddress;
import dev.retort.jobs.run.StageStore;
import dev.retort.partition.Part;
import java.io.Serializable;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

/**
 * Where the finished shards of a stage lie, as the driver read it from the manifests once.
 *
 * @param address the stage
 * @param entries by shard number, without gaps from 0 on
 */
public record StoredShards(StageAddress address, SortedMap<Integer, ShardEntry> entries)
    implements Serializable {
  public StoredShards {
    entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
  }

  /**
   * The shards of a stage that is complete.
   *
   * @throws InfrastructureError if one of them is missing
   */
  public static StoredShards of(StageStore store, int shards) {
    SortedMap<Integer, ShardEntry> entries = new TreeMap<>();
    SortedMap<ShardKey, ShardEntry> located = store.located();
    for (int shard = 0; shard < shards; shard++) {
      ShardEntry entry = located.get(new ShardKey(Part.WHOLE.index(), shard));
      if (entry == null) {
        throw new InfrastructureError(
            "Cannot read stage %s: shard %d of %d is missing; repeat the command"
                .formatted(store.address().stage(), shard, shards));
      }
      entries.put(shard, entry);
    }
    return new StoredShards(store.address(), entries);
  }

  public ShardEntry entry(int shard) {
    return entries.get(shard);
  }

  /** The data file that {@code shard} lies in. */
  public Path file(StageStore store, int shard) {
    return store.path(entry(shard).file());
  }
}
