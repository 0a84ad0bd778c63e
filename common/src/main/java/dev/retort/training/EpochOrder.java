package dev.retort.training;

import dev.retort.provenance.Seed;
import java.util.Arrays;
import java.util.List;

/**
 * The order of the samples of one epoch and its cut into batches. It depends on the seed, the epoch
 * and the sizes of the shards alone, never on where shards are read.
 *
 * <ul>
 *   <li>Epoch e puts the shards in the order of (seed, e), and the samples of each in that of
 *       (seed, e, shard). One after the other they are a stream.
 *   <li>The stream is cut into batches of one size; one may span shards, the last may be short.
 *   <li>Texts: within each window of 64 batches the samples are sorted by length (equal ones stay
 *       in the stream's order) and then cut; the window's batches stand in the order of (seed, e,
 *       window). A batch then holds texts of like lengths, and little padding.
 * </ul>
 *
 * Not thread safe: it remembers the last shard and the last window of texts, whose lengths must not
 * change.
 */
public final class EpochOrder {
  /** Batches of texts that are sorted by length together. */
  public static final int WINDOW_BATCHES = 64;

  private final Seed seed;
  private final long epoch;
  private final int batch;
  private final int[] shardSizes;
  private final int[] shards;
  private final long[] firsts;
  private int rememberedPlace = -1;
  private int[] remembered = {};
  private long rememberedWindow = -1;
  private long[] rememberedSamples = {};

  /**
   * The order of {@code epoch}.
   *
   * @param shardSizes the number of samples of each shard, in the order of shard numbers
   * @param batch samples a batch, at least 1
   */
  public EpochOrder(Seed seed, long epoch, List<Integer> shardSizes, int batch) {
    Settings.require("batch", batch, batch >= 1, "1 or above");
    this.seed = seed;
    this.epoch = epoch;
    this.batch = batch;
    this.shardSizes = shardSizes.stream().mapToInt(Integer::intValue).toArray();
    this.shards = Permutation.of(this.shardSizes.length, seed.derive("epoch-shards", epoch));
    this.firsts = new long[shards.length + 1];
    for (int place = 0; place < shards.length; place++) {
      firsts[place + 1] = firsts[place] + this.shardSizes[shards[place]];
    }
  }

  /** Samples of the epoch. */
  public long samples() {
    return firsts[shards.length];
  }

  /** Batches of the epoch. */
  public long batches() {
    return -Math.floorDiv(-samples(), (long) batch);
  }

  /** Shard numbers in the order in which the stream goes through them. */
  public int[] shards() {
    return shards.clone();
  }

  /** The batch at place {@code number}, of samples of one size. */
  public TrainingBatch batch(long number) {
    requireBatch(number);
    long first = number * batch;
    return new TrainingBatch(number, stream(first, Math.min(samples(), first + batch)));
  }

  /** As {@link #batch}, of texts. */
  public TrainingBatch batch(long number, SampleLengths lengths) {
    requireBatch(number);
    long window = number / WINDOW_BATCHES;
    long firstBatch = window * WINDOW_BATCHES;
    int count = (int) Math.min(WINDOW_BATCHES, batches() - firstBatch);
    int[] order = Permutation.of(count, seed.derive("epoch-window", epoch, window));
    long[] sorted = remembered(window, lengths);
    int from = order[(int) (number - firstBatch)] * batch;
    return new TrainingBatch(
        number, Arrays.copyOfRange(sorted, from, Math.min(sorted.length, from + batch)));
  }

  private long[] remembered(long window, SampleLengths lengths) {
    if (window != rememberedWindow) {
      rememberedSamples = window(window, lengths);
      rememberedWindow = window;
    }
    return rememberedSamples;
  }

  /** The samples of a window, shortest first. */
  private long[] window(long window, SampleLengths lengths) {
    long first = window * WINDOW_BATCHES * batch;
    long[] samples = stream(first, Math.min(samples(), first + (long) WINDOW_BATCHES * batch));
    long[] keys = new long[samples.length];
    for (int i = 0; i < keys.length; i++) {
      int length = lengths.length((int) (samples[i] >>> Integer.SIZE), (int) samples[i]);
      keys[i] = ((long) length << Integer.SIZE) | i;
    }
    Arrays.sort(keys);
    return Arrays.stream(keys).map(key -> samples[(int) key]).toArray();
  }

  /** The samples at places {@code from} to {@code to} of the stream. */
  private long[] stream(long from, long to) {
    long[] samples = new long[(int) (to - from)];
    int place = placeOf(from);
    for (int i = 0; i < samples.length; i++) {
      while (from + i >= firsts[place + 1]) {
        place++;
      }
      int[] order = orderInside(place);
      samples[i] = TrainingBatch.sample(shards[place], order[(int) (from + i - firsts[place])]);
    }
    return samples;
  }

  private int placeOf(long sample) {
    int found = Arrays.binarySearch(firsts, sample);
    return found >= 0 ? found : -found - 2;
  }

  private int[] orderInside(int place) {
    if (place != rememberedPlace) {
      int shard = shards[place];
      remembered = Permutation.of(shardSizes[shard], seed.derive("epoch-samples", epoch, shard));
      rememberedPlace = place;
    }
    return remembered;
  }

  private void requireBatch(long number) {
    if (number < 0 || number >= batches()) {
      throw new IllegalArgumentException("batch %d of %d".formatted(number, batches()));
    }
  }
}
