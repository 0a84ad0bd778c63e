package dev.retort.statistics;

import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * The greatest absolute value of each channel: {@code max |x[n, c, ...]|} over all samples and
 * positions. An infinity is a value like others; NaN is counted and otherwise left out. Until the
 * first update the number of channels is unknown (0). Exact in any order of merging. Confined to
 * one thread.
 */
public final class ChannelAbsMax implements Statistic {
  private final int axis;
  private float[] maxima = {};
  private long nans;

  /** An empty statistic along {@code axis} of a sample. */
  public ChannelAbsMax(int axis) {
    this.axis = axis;
  }

  /** Reads what {@link #toBytes} wrote and moves {@code bytes} past it. */
  static ChannelAbsMax of(ByteBuffer bytes) {
    ChannelAbsMax statistic = new ChannelAbsMax(bytes.getInt());
    statistic.nans = bytes.getLong();
    statistic.maxima = new float[bytes.getInt()];
    for (int channel = 0; channel < statistic.maxima.length; channel++) {
      statistic.maxima[channel] = bytes.getFloat();
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
        maxima[channel] = Math.max(maxima[channel], absMax(run));
      }
    }
  }

  @Override
  public ChannelAbsMax merge(Statistic other) {
    if (!(other instanceof ChannelAbsMax statistic) || statistic.axis != axis) {
      throw new IllegalArgumentException(this + " merged with " + other);
    }
    if (statistic.maxima.length > 0) {
      grow(statistic.maxima.length);
    }
    for (int channel = 0; channel < statistic.maxima.length; channel++) {
      maxima[channel] = Math.max(maxima[channel], statistic.maxima[channel]);
    }
    nans += statistic.nans;
    return this;
  }

  @Override
  public boolean mergesInAnyOrder() {
    return true;
  }

  /** The maximum of each channel, 0 where there was none but NaN; empty before any update. */
  public float[] maxima() {
    return maxima.clone();
  }

  public long nans() {
    return nans;
  }

  @Override
  public byte[] toBytes() {
    ByteBuffer bytes = ByteBuffer.allocate(16 + maxima.length * Float.BYTES);
    bytes.putInt(axis).putLong(nans).putInt(maxima.length);
    for (float maximum : maxima) {
      bytes.putFloat(maximum);
    }
    return bytes.array();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ChannelAbsMax statistic
        && axis == statistic.axis
        && nans == statistic.nans
        && Arrays.equals(maxima, statistic.maxima);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(maxima);
  }

  @Override
  public String toString() {
    return "abs-max of %d channels of axis %d".formatted(maxima.length, axis);
  }

  private float absMax(float[] run) {
    float greatest = 0;
    for (float value : run) {
      greatest = Math.max(greatest, Math.abs(value));
    }
    return Float.isNaN(greatest) ? absMaxWithoutNaN(run) : greatest;
  }

  private float absMaxWithoutNaN(float[] run) {
    float greatest = 0;
    for (float value : run) {
      if (Float.isNaN(value)) {
        nans++;
      } else {
        greatest = Math.max(greatest, Math.abs(value));
      }
    }
    return greatest;
  }

  private void grow(int channels) {
    if (maxima.length == 0) {
      maxima = new float[channels];
    } else if (maxima.length != channels) {
      throw new IllegalArgumentException(this + " given " + channels + " channels");
    }
  }
}
