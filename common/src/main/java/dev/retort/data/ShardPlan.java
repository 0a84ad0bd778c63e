package dev.retort.data;

import java.io.Serializable;

/**
 * How {@code samples} samples in canonical order are cut: into shards of {@code samplesPerShard}
 * (the last may be shorter), shards into chunks of 16, and for float states into groups of {@link
 * #groupSize}.
 *
 * <p>Samples a shard: N / 128 rounded up to a multiple of 64, at least 64 and at most 2,048, then
 * cut to what fits 64 MiB. It depends on the data alone, so results do not depend on where shards
 * are computed.
 */
public record ShardPlan(long samples, int samplesPerShard) implements Serializable {
  /** Shards a chunk: what one data file holds and one commit covers. */
  public static final int SHARDS_PER_CHUNK = 16;

  private static final int TARGET_SHARDS = 128;
  private static final int STEP = 64;
  private static final int MOST_SAMPLES = 2_048;
  private static final long MOST_BYTES = 64L << 20;
  private static final int GROUP_SIZE = 8;

  public ShardPlan {
    if (samples < 1 || samplesPerShard < 1) {
      throw new IllegalArgumentException(
          "cannot cut %d samples into shards of %d".formatted(samples, samplesPerShard));
    }
  }

  /** The plan for {@code samples} samples of {@code meanSampleBytes} bytes on average. */
  public static ShardPlan of(long samples, long meanSampleBytes) {
    long wanted = ceilDiv(ceilDiv(samples, TARGET_SHARDS), STEP) * STEP;
    long bounded = Math.min(MOST_SAMPLES, Math.max(STEP, wanted));
    long fitting = Math.max(1, MOST_BYTES / Math.max(1, meanSampleBytes));
    return new ShardPlan(samples, (int) Math.min(bounded, fitting));
  }

  /** The most bytes that a shard of samples of {@code sampleBytes} bytes has in any plan. */
  public static long mostBytes(long sampleBytes) {
    long fitting = Math.max(1, MOST_BYTES / Math.max(1, sampleBytes));
    return Math.min(MOST_SAMPLES, fitting) * sampleBytes;
  }

  public int shards() {
    return Math.toIntExact(ceilDiv(samples, samplesPerShard));
  }

  /** The place of the first sample of {@code shard} in the canonical order. */
  public long firstSample(int shard) {
    return (long) shard * samplesPerShard;
  }

  /** How many samples {@code shard} has. */
  public int samplesIn(int shard) {
    return (int) Math.min(samplesPerShard, samples - firstSample(shard));
  }

  public int chunks() {
    return (int) ceilDiv(shards(), SHARDS_PER_CHUNK);
  }

  public int firstShard(int chunk) {
    return chunk * SHARDS_PER_CHUNK;
  }

  /** How many shards {@code chunk} has: 16, or fewer in the last. */
  public int shardsIn(int chunk) {
    return Math.min(SHARDS_PER_CHUNK, shards() - firstShard(chunk));
  }

  /** Consecutive shards that one task folds in order: 1 up to 128 shards, 8 above. */
  public int groupSize() {
    return shards() <= TARGET_SHARDS ? 1 : GROUP_SIZE;
  }

  private static long ceilDiv(long dividend, long divisor) {
    return -Math.floorDiv(-dividend, divisor);
  }
}
