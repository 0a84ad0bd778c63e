package dev.retort.statistics;

import dev.retort.error.UserError;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;

/**
 * The distribution of float32 values: counts keyed by the upper 16 bits of the number (sign, 8 bits
 * of exponent, 7 of the fraction), hence 65,536 bins that know no range in advance, each at most
 * 2^-7 of its value wide. Beside it the exact least and greatest value and the exact counts of
 * values, zeros, infinities and NaN.
 *
 * <p>All states are integers or extremes, so a merge gives the same bits in any order. Infinities
 * and NaN are counted and stand neither in a bin nor in the extremes. Updating takes 0.3 to 1 ns a
 * value; memory is 512 kB, whatever the number of samples, and 1 MB of scratch a thread. Confined
 * to one thread.
 */
public final class ValueHistogram implements Statistic {
  /** The number of bins. */
  public static final int BINS = 1 << 16;

  private static final int NEGATIVE_ZERO_ORDER = -1;

  private final long[] bins = new long[BINS];
  private long count;
  private long zeros;
  private long nans;
  private long infinities;
  private int minimumOrder = Integer.MAX_VALUE;
  private int maximumOrder = Integer.MIN_VALUE;

  /** An empty histogram. */
  public ValueHistogram() {}

  /** Reads what {@link #toBytes} wrote and moves {@code bytes} past it. */
  static ValueHistogram of(ByteBuffer bytes) {
    ValueHistogram histogram = new ValueHistogram();
    histogram.count = Varint.read(bytes);
    histogram.zeros = Varint.read(bytes);
    histogram.nans = Varint.read(bytes);
    histogram.infinities = Varint.read(bytes);
    histogram.minimumOrder = bytes.getInt();
    histogram.maximumOrder = bytes.getInt();
    int bin = -1;
    for (long left = Varint.read(bytes); left > 0; left--) {
      bin += Math.toIntExact(Varint.read(bytes));
      histogram.bins[bin] = Varint.read(bytes);
    }
    return histogram;
  }

  @Override
  public void update(SampleBlock block) {
    if (block.type() != ElementType.FLOAT32) {
      throw new IllegalArgumentException("a histogram of " + block.type() + " values");
    }
    HistogramScratch.ofThread().fold(block.bytes().asIntBuffer(), this);
  }

  /** Adds the remaining values of {@code values}, whose position does not move. */
  public void update(FloatBuffer values) {
    IntBuffer bits = IntBuffer.allocate(values.remaining());
    for (int i = values.position(); i < values.limit(); i++) {
      bits.put(Float.floatToRawIntBits(values.get(i)));
    }
    HistogramScratch.ofThread().fold(bits.flip(), this);
  }

  @Override
  public ValueHistogram merge(Statistic other) {
    if (!(other instanceof ValueHistogram histogram)) {
      throw new IllegalArgumentException("a histogram merged with " + other);
    }
    for (int bin = 0; bin < BINS; bin++) {
      bins[bin] += histogram.bins[bin];
    }
    count += histogram.count;
    zeros += histogram.zeros;
    nans += histogram.nans;
    infinities += histogram.infinities;
    minimumOrder = Math.min(minimumOrder, histogram.minimumOrder);
    maximumOrder = Math.max(maximumOrder, histogram.maximumOrder);
    return this;
  }

  @Override
  public boolean mergesInAnyOrder() {
    return true;
  }

  /** Finite values, zeros included. */
  public long count() {
    return count;
  }

  /** Values equal to zero, of either sign. */
  public long zeros() {
    return zeros;
  }

  public long nans() {
    return nans;
  }

  public long infinities() {
    return infinities;
  }

  /** The least finite value; +infinity when there is none. */
  public float minimum() {
    return count == 0 ? Float.POSITIVE_INFINITY : ofOrder(minimumOrder);
  }

  /** The greatest finite value; -infinity when there is none. */
  public float maximum() {
    return count == 0 ? Float.NEGATIVE_INFINITY : ofOrder(maximumOrder);
  }

  /** How many finite values have the upper 16 bits {@code key}. */
  public long inBin(int key) {
    return bins[key];
  }

  /**
   * The distribution as intervals of rising values, each cut to what lies between the extremes;
   * zeros are left out, as every quantizer of this project represents them exactly.
   *
   * @param tensor what to call it in an error
   * @throws UserError if there is no finite value, or one that is infinite or not a number
   */
  public Distribution distribution(String tensor) {
    if (count == 0 || nans > 0 || infinities > 0) {
      throw UserError.input(
          ("Cannot choose a range for %s: it has %d finite, %d infinite and %d NaN values in the"
                  + " calibration data, must be finite values only; look for bad samples or an"
                  + " overflowing layer")
              .formatted(tensor, count, infinities, nans));
    }
    return Distribution.of(this);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Counts, extremes, then the bins that are not empty as (distance from the one before, count),
   * numbers of variable length: some 10 kB for an activation.
   */
  @Override
  public byte[] toBytes() {
    long filled = Arrays.stream(bins).filter(n -> n != 0).count();
    ByteBuffer bytes =
        ByteBuffer.allocate(
            5 * Varint.MAX_BYTES + 8 + Math.toIntExact(filled) * (3 + Varint.MAX_BYTES));
    Varint.write(count, bytes);
    Varint.write(zeros, bytes);
    Varint.write(nans, bytes);
    Varint.write(infinities, bytes);
    bytes.putInt(minimumOrder).putInt(maximumOrder);
    Varint.write(filled, bytes);
    int previous = -1;
    for (int bin = 0; bin < BINS; bin++) {
      if (bins[bin] != 0) {
        Varint.write((long) bin - previous, bytes);
        Varint.write(bins[bin], bytes);
        previous = bin;
      }
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ValueHistogram histogram
        && count == histogram.count
        && zeros == histogram.zeros
        && nans == histogram.nans
        && infinities == histogram.infinities
        && minimumOrder == histogram.minimumOrder
        && maximumOrder == histogram.maximumOrder
        && Arrays.equals(bins, histogram.bins);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bins);
  }

  @Override
  public String toString() {
    return "%d values in [%s, %s]".formatted(count, minimum(), maximum());
  }

  /** Adds {@code n} to the bin {@code key}; {@link #addFinite} must account for the values. */
  void addToBin(int key, long n) {
    bins[key] += n;
  }

  /** Adds one value that may be infinite or NaN. */
  void addAny(int bits) {
    float value = Float.intBitsToFloat(bits);
    if (Float.isNaN(value)) {
      nans++;
    } else if (Float.isInfinite(value)) {
      infinities++;
    } else {
      addToBin(bits >>> 16, 1);
      addFinite(1, value == 0 ? 1 : 0);
      widen(orderOf(bits), orderOf(bits));
    }
  }

  /** Accounts for {@code added} finite values within the extremes that go into bins. */
  void addFinite(long added, long addedZeros) {
    count += added;
    zeros += addedZeros;
  }

  /** Widens the extremes; both are given by their {@link #orderOf}. A negative zero is zero. */
  void widen(int leastOrder, int greatestOrder) {
    minimumOrder = Math.min(minimumOrder, leastOrder == NEGATIVE_ZERO_ORDER ? 0 : leastOrder);
    maximumOrder = Math.max(maximumOrder, greatestOrder == NEGATIVE_ZERO_ORDER ? 0 : greatestOrder);
  }

  /** Whether zero, of either sign, lies between the extremes. */
  boolean spansZero() {
    return minimumOrder <= 0 && maximumOrder >= 0;
  }

  /** The bits of the maximum, 0 where it is negative or there is none. */
  int greatestMagnitude() {
    return Math.max(maximumOrder, 0);
  }

  /** The bits of the minimum without its sign, 0 where it is positive or there is none. */
  int leastMagnitude() {
    return minimumOrder < 0 ? orderOf(minimumOrder) & 0x7FFF_FFFF : 0;
  }

  /** An int that orders as the float of these bits does; its own inverse. */
  static int orderOf(int bits) {
    return bits ^ ((bits >> 31) & 0x7FFF_FFFF);
  }

  private static float ofOrder(int order) {
    return Float.intBitsToFloat(orderOf(order));
  }
}
