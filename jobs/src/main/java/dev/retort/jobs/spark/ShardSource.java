package dev.retort.jobs.spark;

import dev.retort.data.ShardBuffers;

/**
 * Reads what a stage stored for shards. For one thread at a time.
 *
 * @param <T> what it reads
 */
public interface ShardSource<T> extends AutoCloseable {

  /** What is stored for {@code shard}, valid until the next read into {@code buffers}. */
  T read(int shard, ShardBuffers buffers);

  @Override
  void close();
}
