package dev.retort.data;

import java.util.Arrays;

/**
 * In which order the samples of a shard are run and where they are cut into batches: all of one
 * size but the last. It depends on nothing but the shard and the batch size, hence so do the bits
 * of what the batches compute.
 */
public final class BatchOrder {
  private final int samples;
  private final int batch;
  private final long[] sorted;
  private final TokenSequences texts;
  private final int paddedLength;

  private BatchOrder(
      int samples, int batch, long[] sorted, TokenSequences texts, int paddedLength) {
    if (batch < 1) {
      throw new IllegalArgumentException("batch is " + batch + ", must be 1 or more");
    }
    this.samples = samples;
    this.batch = batch;
    this.sorted = sorted;
    this.texts = texts;
    this.paddedLength = paddedLength;
  }

  /** Samples of one size, in stored order. */
  public static BatchOrder stored(int samples, int batch) {
    return new BatchOrder(samples, batch, null, null, 0);
  }

  /**
   * Texts in the order that {@code padding} asks for. Sorted means longest first, so that no later
   * batch needs larger buffers; equal lengths stay in stored order.
   */
  public static BatchOrder of(TokenSequences texts, int batch, Padding padding) {
    int count = texts.texts();
    if (padding == Padding.MAX_LENGTH) {
      return new BatchOrder(count, batch, null, texts, texts.input().text().maxLength());
    }
    long[] sorted = new long[count];
    for (int text = 0; text < count; text++) {
      sorted[text] = ((long) -texts.length(text) << Integer.SIZE) | text;
    }
    Arrays.sort(sorted);
    return new BatchOrder(count, batch, sorted, texts, 0);
  }

  public int samples() {
    return samples;
  }

  /** The length of the longest batch, 0 where samples are no texts. */
  public int longest() {
    return samples == 0 ? 0 : batch(0).length();
  }

  /** How many batches there are. */
  public int batches() {
    return -Math.floorDiv(-samples, batch);
  }

  /** The batch at place {@code number}. */
  public Batch batch(int number) {
    int first = number * batch;
    int count = Math.min(batch, samples - first);
    int length = paddedLength > 0 || texts == null ? paddedLength : length(first);
    return new Batch(this, first, count, length);
  }

  boolean isStored() {
    return sorted == null;
  }

  /** The stored index of the sample at {@code place} of the order. */
  int index(int place) {
    return sorted == null ? place : (int) sorted[place];
  }

  /** The tokens of the sample at {@code place} of the order, 0 where samples are no texts. */
  int length(int place) {
    return texts == null ? 0 : texts.length(index(place));
  }
}
