package dev.retort.jobs.spark;

import dev.retort.data.Shard;

/**
 * A worker that makes a mergeable state of each shard of a data set, and reads the next one
 * meanwhile.
 */
public abstract class DatasetWorker extends StateWorker {
  private final ReadAhead<Shard> data;
  private int samples;

  /**
   * A worker on {@code data}.
   *
   * @param shards those of the task, in order
   */
  protected DatasetWorker(StoredDataset data, int[] shards) {
    this.data = new ReadAhead<>(new DatasetReader(data), shards);
  }

  /** The state of {@code shard}, in its canonical form. */
  protected abstract byte[] state(Shard shard);

  @Override
  protected final byte[] state(int number) {
    Shard shard = data.next(number);
    samples = shard.samples();
    return state(shard);
  }

  @Override
  protected final int samples(int shard) {
    return samples;
  }

  @Override
  public void close() {
    data.close();
  }
}
