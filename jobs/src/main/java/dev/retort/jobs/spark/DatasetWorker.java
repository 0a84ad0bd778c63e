package dev.retort.jobs.spark;

import dev.retort.data.Shard;

/** A worker that makes a mergeable state of each shard of a data set. */
public abstract class DatasetWorker extends StateWorker {
  private final DatasetReader data;
  private int samples;

  protected DatasetWorker(StoredDataset data) {
    this.data = new DatasetReader(data);
  }

  /** The state of {@code shard}, in its canonical form. */
  protected abstract byte[] state(Shard shard);

  @Override
  protected final byte[] state(int number) {
    Shard shard = data.read(number);
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
