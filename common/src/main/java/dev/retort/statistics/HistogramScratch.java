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
    int least = 0;
    int greatest = 0;
    while (bits.hasRemaining()) {
      int size = Math.min(CHUNK, bits.remaining());
      bits.get(chunk, 0, size);
      int chunkLeast = least(size);
      int chunkGreatest = greatest(size);
      if (chunkLeast <= NEGATIVE_INFINITY_ORDER || chunkGreatest >= POSITIVE_INFINITY_ORDER) {
        addEach(size, histogram);
        continue;
      }
      histogram.addFinite(size, size - nonZeros(size), chunkLeast, chunkGreatest);
      if (small) {
        countInto(size, histogram);
      } else {
        countIntoParts(size);
      }
      least = Math.min(least, chunkLeast);
      greatest = Math.max(greatest, chunkGreatest);
    }
    if (!small) {
      flush(0, greatest >>> 16, histogram);
      flush(ValueHistogram.BINS / 2, ValueHistogram.orderOf(least) >>> 16, histogram);
    }
  }

  private void addEach(int size, ValueHistogram histogram) {
    for (int i = 0; i < size; i++) {
      histogram.addAny(chunk[i]);
    }
  }

  // These three loops are plain reductions so that the compiler vectorises them.

  private int least(int size) {
    int least = Integer.MAX_VALUE;
    for (int i = 0; i < size; i++) {
      least = Math.min(least, chunk[i] ^ ((chunk[i] >> 31) & 0x7FFF_FFFF));
    }
    return least;
  }

  private int greatest(int size) {
    int greatest = Integer.MIN_VALUE;
    for (int i = 0; i < size; i++) {
      greatest = Math.max(greatest, chunk[i] ^ ((chunk[i] >> 31) & 0x7FFF_FFFF));
    }
    return greatest;
  }

  private int nonZeros(int size) {
    int nonZeros = 0;
    for (int i = 0; i < size; i++) {
      int magnitude = chunk[i] << 1;
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
