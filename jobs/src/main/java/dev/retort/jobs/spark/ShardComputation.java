package dev.retort.jobs.spark;

import dev.retort.provenance.Sha256;
import java.io.IOException;
import java.io.Serializable;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What a stage computes from each shard. Sent to executors, so it holds addresses, not sessions.
 */
public interface ShardComputation extends Serializable {

  /** The suffix of the data files that it writes, such as {@code parquet}. */
  String suffix();

  /**
   * Opens what one task needs: readers, sessions and buffers.
   *
   * @param shards those that the worker will be asked for, in this order
   */
  Worker open(int[] shards);

  /** Computes the shards of one task, one after the other, on one thread. */
  interface Worker extends AutoCloseable {

    /** Begins the data file of a chunk. */
    void begin(FileSystem fileSystem, Path file) throws IOException;

    /** Computes the next shard of the chunk. */
    Computed compute(int shard) throws IOException;

    /** Ends the chunk's data file: it is complete and closed. */
    void end() throws IOException;

    /** Frees all, also after a failure in the middle of a chunk, whose file nobody reads then. */
    @Override
    void close() throws IOException;
  }

  /**
   * A computed shard.
   *
   * @param hash of its logical content, the same for every attempt
   * @param samples how many samples it has
   */
  record Computed(Sha256 hash, int samples) {}
}
