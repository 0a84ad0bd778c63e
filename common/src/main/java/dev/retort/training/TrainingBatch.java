package dev.retort.training;

import java.util.Arrays;

/** Samples of one step, which may come from several shards, in the order in which they stand. */
public final class TrainingBatch {
  private final long number;
  private final long[] samples;

  TrainingBatch(long number, long[] samples) {
    this.number = number;
    this.samples = samples;
  }

  static long sample(int shard, int index) {
    return ((long) shard << Integer.SIZE) | index;
  }

  /** The batch's place in the epoch. */
  public long number() {
    return number;
  }

  public int samples() {
    return samples.length;
  }

  /** The shard of the batch's sample {@code i}. */
  public int shard(int i) {
    return (int) (samples[i] >>> Integer.SIZE);
  }

  /** The stored index in its shard of the batch's sample {@code i}. */
  public int index(int i) {
    return (int) samples[i];
  }

  /** The shards that the batch has samples of, ascending. */
  public int[] shards() {
    return Arrays.stream(samples)
        .mapToInt(s -> (int) (s >>> Integer.SIZE))
        .sorted()
        .distinct()
        .toArray();
  }
}
