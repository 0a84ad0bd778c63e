package dev.retort.jobs.ingest;

import org.apache.spark.Partitioner;

/**
 * Deals packed rows over consecutive ranges of the key, which is uniform because it is a hash; bad
 * rows make one more partition, the last.
 */
final class KeyRanges extends Partitioner {
  private static final long serialVersionUID = 1L;

  private final int ranges;

  KeyRanges(int ranges) {
    this.ranges = ranges;
  }

  @Override
  public int numPartitions() {
    return ranges + 1;
  }

  @Override
  public int getPartition(Object key) {
    byte[] sortKey = (byte[]) key;
    return PackedSample.isBad(sortKey)
        ? ranges
        : (int) ((PackedSample.prefix(sortKey) * ranges) >>> Integer.SIZE);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyRanges keyRanges && ranges == keyRanges.ranges;
  }

  @Override
  public int hashCode() {
    return ranges;
  }
}
