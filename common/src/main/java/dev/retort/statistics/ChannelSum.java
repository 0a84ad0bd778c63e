package dev.retort.statistics;

import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * The sum of each channel, {@code sum x[n, c, ...]} or {@code sum x[n, c, ...]^2} over all samples
 * and positions, with the number of values a channel.
 *
 * <p>Summed in double: each run of neighbouring values of a channel in four interleaved partial
 * sums, the runs in stored order. Absolute error at most n * 2^-53 * sum |term| for n values
 * (Higham, Accuracy and Stability of Numerical Algorithms, section 4.2). The bits depend on the
 * order of merging, hence {@link FixedTree}. NaN and infinities propagate into their channel's sum.
 * Confined to one thread.
 */
public final class ChannelSum implements Statistic {
  private final int axis;
  private final Term term;
  private long count;
  private double[] sums = {};

  /** What is summed. */
  public enum Term {
    VALUE,
    SQUARE
  }

  /** An empty statistic along {@code axis} of a sample. */
  public ChannelSum(int axis, Term term) {
    this.axis = axis;
    this.term = term;
  }

  /** Reads what {@link #toBytes} wrote and moves {@code bytes} past it. */
  static ChannelSum of(ByteBuffer bytes, Term term) {
    ChannelSum statistic = new ChannelSum(bytes.getInt(), term);
    statistic.count = bytes.getLong();
    statistic.sums = new double[bytes.getInt()];
    for (int channel = 0; channel < statistic.sums.length; channel++) {
      statistic.sums[channel] = bytes.getDouble();
    }
    return statistic;
  }

  @Override
  public void update(SampleBlock block) {
    Channels layout = Channels.of(block, axis);
    grow(layout.channels());
    FloatBuffer values = block.bytes().asFloatBuffer();
    float[] run = new float[layout.inner()];
    float[] factors = factors(run);
    for (int outer = 0; outer < layout.outer(); outer++) {
      for (int channel = 0; channel < layout.channels(); channel++) {
        values.get(run);
        sums[channel] += product(run, factors);
      }
    }
    count += (long) layout.outer() * layout.inner();
  }

  /** What each value of a run is multiplied by: itself, or one. */
  private float[] factors(float[] run) {
    if (term == Term.SQUARE) {
      return run;
    }
    float[] ones = new float[run.length];
    Arrays.fill(ones, 1);
    return ones;
  }

  @Override
  public ChannelSum merge(Statistic other) {
    if (!(other instanceof ChannelSum statistic)
        || statistic.term != term
        || statistic.axis != axis) {
      throw new IllegalArgumentException(this + " merged with " + other);
    }
    if (statistic.sums.length > 0) {
      grow(statistic.sums.length);
    }
    for (int channel = 0; channel < statistic.sums.length; channel++) {
      sums[channel] += statistic.sums[channel];
    }
    count += statistic.count;
    return this;
  }

  @Override
  public boolean mergesInAnyOrder() {
    return false;
  }

  /** The sum of each channel; empty before any update. */
  public double[] sums() {
    return sums.clone();
  }

  /** Values a channel. */
  public long count() {
    return count;
  }

  @Override
  public byte[] toBytes() {
    ByteBuffer bytes = ByteBuffer.allocate(16 + sums.length * Double.BYTES);
    bytes.putInt(axis).putLong(count).putInt(sums.length);
    for (double sum : sums) {
      bytes.putDouble(sum);
    }
    return bytes.array();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ChannelSum statistic
        && axis == statistic.axis
        && term == statistic.term
        && count == statistic.count
        && Arrays.equals(sums, statistic.sums);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sums);
  }

  @Override
  public String toString() {
    return "sum of each %s, %d channels of axis %d".formatted(term, sums.length, axis);
  }

  private void grow(int channels) {
    if (sums.length == 0) {
      sums = new double[channels];
    } else if (sums.length != channels) {
      throw new IllegalArgumentException(this + " given " + channels + " channels");
    }
  }

  /** The scalar product; four partial sums, as one would wait for each addition in turn. */
  private static double product(float[] run, float[] factors) {
    double first = 0;
    double second = 0;
    double third = 0;
    double fourth = 0;
    int whole = run.length & ~3;
    for (int i = 0; i < whole; i += 4) {
      first += (double) run[i] * factors[i];
      second += (double) run[i + 1] * factors[i + 1];
      third += (double) run[i + 2] * factors[i + 2];
      fourth += (double) run[i + 3] * factors[i + 3];
    }
    for (int i = whole; i < run.length; i++) {
      first += (double) run[i] * factors[i];
    }
    return (first + second) + (third + fourth);
  }
}
