package dev.retort.statistics;

import java.nio.IntBuffer;

/**
 * Counts the bits of float32 values into a {@link ValueHistogram}: a thread's scratch of four
 * partial histograms, so that equal neighbours (the zeros behind a Relu) do not wait for each
 * other's increments in one memory cell.
 */
final class HistogramScratch {
  private static final int CHUNK = 2048;

  /** Below this many values emptying the partial histograms costs more than it saves. */
  private static final int SMALL = 1 << 15;

  private static final int POSITIVE_INFINITY_ORDER = 0x7F80_0000;
  private static final int NEGATIVE_INFINITY_ORDER = ValueHistogram.orderOf(0xFF80_0000);
  private static final ThreadLocal<HistogramScratch> OF_THREAD =
      ThreadLocal.withInitial(HistogramScratch::new);

  private final int[] chunk = new int[CHUNK];
  private final int[] first = new int[ValueHistogram.BINS];
  private final int[] second = new int[ValueHistogram.BINS];
  private final int[] third = new int[ValueHistogram.BINS];
  private final int[] fourth = new int[ValueHistogram.BINS];

  private HistogramScratch() {}

  static HistogramScratch ofThread() {
    return OF_THREAD.get();
  }

  /** Adds the remaining values of {@code bits} to {@code histogram}. */
  void fold(IntBuffer bits, ValueHistogram histogram) {
    boolean small = bits.remaining() < SMALL;
    while (bits.hasRemaining()) {
      int size = Math.min(CHUNK, bits.remaining());
      bits.get(chunk, 0, size);
      if (!isWithinExtremes(size, histogram) && !widenExtremes(size, histogram)) {
        addEach(size, histogram);
        continue;
      }
      histogram.addFinite(size, size - nonZeros(chunk, size));
      if (small) {
        countInto(size, histogram);
      } else {
        countIntoParts(size);
      }
    }
    if (!small) {
      flush(0, histogram.greatestMagnitude() >>> 16, histogram);
      int negative = ValueHistogram.BINS / 2;
      flush(negative, negative + (histogram.leastMagnitude() >>> 16), histogram);
    }
  }

  /** Whether the chunk certainly changes no extreme, which is so for all but the first few. */
  private boolean isWithinExtremes(int size, ValueHistogram histogram) {
    return histogram.spansZero()
        && beyond(chunk, size, histogram.greatestMagnitude(), histogram.leastMagnitude()) == 0;
  }

  /**
   * Takes the extremes of a chunk of finite values; false, and nothing done, if others are in it.
   */
  private boolean widenExtremes(int size, ValueHistogram histogram) {
    int least = Integer.MAX_VALUE;
    int greatest = Integer.MIN_VALUE;
    for (int i = 0; i < size; i++) {
      int order = ValueHistogram.orderOf(chunk[i]);
      least = Math.min(least, order);
      greatest = Math.max(greatest, order);
    }
    if (least <= NEGATIVE_INFINITY_ORDER || greatest >= POSITIVE_INFINITY_ORDER) {
      return false;
    }
    histogram.widen(least, greatest);
    return true;
  }

  private void addEach(int size, ValueHistogram histogram) {
    for (int i = 0; i < size; i++) {
      histogram.addAny(chunk[i]);
    }
  }

  // The next two are sums without branches so that the compiler vectorises them.

  /** How many positive values exceed one magnitude, or negative ones the other. */
  private static int beyond(int[] bits, int size, int greatest, int least) {
    int beyond = 0;
    for (int i = 0; i < size; i++) {
      int sign = bits[i] >> 31;
      int positive = bits[i] & ~sign;
      int negative = bits[i] & sign & 0x7FFF_FFFF;
      beyond += ((greatest - positive) >>> 31) + ((least - negative) >>> 31);
    }
    return beyond;
  }

  private static int nonZeros(int[] bits, int size) {
    int nonZeros = 0;
    for (int i = 0; i < size; i++) {
      int magnitude = bits[i] << 1;
      nonZeros += (magnitude | -magnitude) >>> 31;
    }
    return nonZeros;
  }

  private void countInto(int size, ValueHistogram histogram) {
    for (int i = 0; i < size; i++) {
      histogram.addToBin(chunk[i] >>> 16, 1);
    }
  }

  private void countIntoParts(int size) {
    int whole = size & ~3;
    for (int i = 0; i < whole; i += 4) {
      first[chunk[i] >>> 16]++;
      second[chunk[i + 1] >>> 16]++;
      third[chunk[i + 2] >>> 16]++;
      fourth[chunk[i + 3] >>> 16]++;
    }
    for (int i = whole; i < size; i++) {
      first[chunk[i] >>> 16]++;
    }
  }

  /** Moves the counts of the bins {@code from} to {@code to}, which is included. */
  private void flush(int from, int to, ValueHistogram histogram) {
    for (int bin = from; bin <= to; bin++) {
      int sum = first[bin] + second[bin] + third[bin] + fourth[bin];
      if (sum != 0) {
        histogram.addToBin(bin, sum);
        first[bin] = 0;
        second[bin] = 0;
        third[bin] = 0;
        fourth[bin] = 0;
      }
    }
  }
}
