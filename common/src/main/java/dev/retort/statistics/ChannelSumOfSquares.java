package dev.retort.statistics;

import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * The sum of squares of each channel, {@code sum x[n, c, ...]^2} over all samples and positions,
 * with the number of values a channel.
 *
 * <p>Summed in double, in stored order: relative error at most n * 2^-53 for n values (recursive
 * summation of positive terms; Higham, Accuracy and Stability of Numerical Algorithms, section
 * 4.2). The bits depend on the order of merging, hence {@link FixedTree}. NaN and infinities
 * propagate into their channel's sum. Confined to one thread.
 */
public final class ChannelSumOfSquares implements Statistic {
  private final int axis;
  private long count;
  private double[] sums = {};

  /** An empty statistic along {@code axis} of a sample. */
  public ChannelSumOfSquares(int axis) {
    this.axis = axis;
  }

  /** Reads what {@link #toBytes} wrote and moves {@code bytes} past it. */
  static ChannelSumOfSquares of(ByteBuffer bytes) {
    ChannelSumOfSquares statistic = new ChannelSumOfSquares(bytes.getInt());
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
    for (int outer = 0; outer < layout.outer(); outer++) {
      for (int channel = 0; channel < layout.channels(); channel++) {
        values.get(run);
        for (float value : run) {
          sums[channel] += (double) value * value;
        }
      }
    }
    count += (long) layout.outer() * layout.inner();
  }

  @Override
  public ChannelSumOfSquares merge(Statistic other) {
    if (!(other instanceof ChannelSumOfSquares statistic) || statistic.axis != axis) {
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
    return other instanceof ChannelSumOfSquares statistic
        && axis == statistic.axis
        && count == statistic.count
        && Arrays.equals(sums, statistic.sums);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sums);
  }

  @Override
  public String toString() {
    return "sum of squares of %d channels of axis %d".formatted(sums.length, axis);
  }

  private void grow(int channels) {
    if (sums.length == 0) {
      sums = new double[channels];
    } else if (sums.length != channels) {
      throw new IllegalArgumentException(this + " given " + channels + " channels");
    }
  }
}
