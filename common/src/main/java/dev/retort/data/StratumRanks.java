package dev.retort.data;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;

/**
 * For each stratum (class) the smallest ranks of its samples, as many as its quota: a mergeable
 * value whose size depends on the quotas alone. Merging is associative and commutative, and a new
 * one is its identity. Not thread safe.
 */
public final class StratumRanks {
  private final long[] quotas;
  private final long[][] ranks;
  private final int[] counts;

  /** Holds no rank yet. */
  public StratumRanks(long... quotas) {
    this.quotas = quotas.clone();
    this.ranks = new long[quotas.length][0];
    this.counts = new int[quotas.length];
  }

  /** Counts in a sample. */
  public void add(int stratum, long rank) {
    if (counts[stratum] == ranks[stratum].length) {
      makeRoom(stratum);
    }
    ranks[stratum][counts[stratum]++] = rank;
  }

  /** Counts in all that {@code other} holds. */
  public void merge(StratumRanks other) {
    for (int stratum = 0; stratum < quotas.length; stratum++) {
      for (int i = 0; i < other.counts[stratum]; i++) {
        add(stratum, other.ranks[stratum][i]);
      }
    }
  }

  /** The choice of the samples with these ranks; complete once every sample was counted in. */
  public SubsetChoice choice() {
    long[] lastRanks = new long[quotas.length];
    long[] lastOccurrences = new long[quotas.length];
    for (int stratum = 0; stratum < quotas.length; stratum++) {
      keepSmallest(stratum);
      int count = counts[stratum];
      long last = count == 0 ? Long.MIN_VALUE : ranks[stratum][count - 1];
      lastRanks[stratum] = last;
      lastOccurrences[stratum] =
          Arrays.stream(ranks[stratum], 0, count).filter(rank -> rank == last).count();
    }
    return new SubsetChoice(lastRanks, lastOccurrences);
  }

  /** For each stratum how many ranks follow, then these, ascending. */
  public byte[] toBytes() {
    for (int stratum = 0; stratum < quotas.length; stratum++) {
      keepSmallest(stratum);
    }
    int longs = quotas.length + Arrays.stream(counts).sum();
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(longs, Long.BYTES));
    LongBuffer values = bytes.asLongBuffer();
    for (int stratum = 0; stratum < quotas.length; stratum++) {
      values.put(counts[stratum]).put(ranks[stratum], 0, counts[stratum]);
    }
    return bytes.array();
  }

  /** What {@link #toBytes} gave, for the same quotas. */
  public static StratumRanks ofBytes(long[] quotas, byte[] bytes) {
    StratumRanks read = new StratumRanks(quotas);
    LongBuffer values = ByteBuffer.wrap(bytes).asLongBuffer();
    for (int stratum = 0; stratum < quotas.length; stratum++) {
      for (long left = values.get(); left > 0; left--) {
        read.add(stratum, values.get());
      }
    }
    return read;
  }

  /** Drops what exceeds the quota; what remains is sorted. */
  private void keepSmallest(int stratum) {
    Arrays.sort(ranks[stratum], 0, counts[stratum]);
    counts[stratum] = (int) Math.min(counts[stratum], quotas[stratum]);
  }

  private void makeRoom(int stratum) {
    if (counts[stratum] > quotas[stratum]) {
      keepSmallest(stratum);
    }
    int wanted = Math.max(16, 2 * counts[stratum]);
    if (wanted > ranks[stratum].length) {
      ranks[stratum] = Arrays.copyOf(ranks[stratum], wanted);
    }
  }
}
