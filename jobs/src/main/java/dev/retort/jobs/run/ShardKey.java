package dev.retort.jobs.run;

import java.io.Serializable;
import java.util.Comparator;

/** What a stage's result is keyed by: the part of the model and the shard of the data. */
public record ShardKey(int part, int shard) implements Serializable, Comparable<ShardKey> {
  private static final Comparator<ShardKey> ORDER =
      Comparator.comparingInt(ShardKey::part).thenComparingInt(ShardKey::shard);

  public ShardKey {
    if (part < 0 || shard < 0) {
      throw new IllegalArgumentException("no shard " + shard + " of part " + part);
    }
  }

  @Override
  public int compareTo(ShardKey other) {
    return ORDER.compare(this, other);
  }
}
