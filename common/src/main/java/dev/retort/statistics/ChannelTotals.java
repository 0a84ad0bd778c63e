package dev.retort.statistics;

import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/**
 * A double a channel with the number of values that went into each: the state of the sums. Values
 * are taken in stored order, run by run.
 */
final class ChannelTotals {
  private final int axis;
  private long count;
  private double[] totals = {};

  ChannelTotals(int axis) {
    this.axis = axis;
  }

  static ChannelTotals of(ByteBuffer bytes) {
    ChannelTotals state = new ChannelTotals(bytes.getInt());
    state.count = bytes.getLong();
    state.totals = new double[bytes.getInt()];
    for (int channel = 0; channel < state.totals.length; channel++) {
      state.totals[channel] = bytes.getDouble();
    }
    return state;
  }

  /** Adds {@code totalOf} each run of neighbouring values to its channel. */
  void update(SampleBlock block, ToDoubleFunction<float[]> totalOf) {
    Channels layout = Channels.of(block, axis);
    grow(layout.channels());
    FloatBuffer values = block.bytes().asFloatBuffer();
    float[] run = new float[layout.inner()];
    for (int outer = 0; outer < layout.outer(); outer++) {
      for (int channel = 0; channel < layout.channels(); channel++) {
        values.get(run);
        totals[channel] += totalOf.applyAsDouble(run);
      }
    }
    count += (long) layout.outer() * layout.inner();
  }

  void merge(ChannelTotals other) {
    if (other.axis != axis) {
      throw new IllegalArgumentException("sums of axis " + axis + " and " + other.axis);
    }
    if (other.totals.length > 0) {
      grow(other.totals.length);
    }
    for (int channel = 0; channel < other.totals.length; channel++) {
      totals[channel] += other.totals[channel];
    }
    count += other.count;
  }

  long count() {
    return count;
  }

  double[] totals() {
    return totals.clone();
  }

  byte[] toBytes() {
    ByteBuffer bytes = ByteBuffer.allocate(16 + totals.length * Double.BYTES);
    bytes.putInt(axis).putLong(count).putInt(totals.length);
    for (double total : totals) {
      bytes.putDouble(total);
    }
    return bytes.array();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ChannelTotals state
        && axis == state.axis
        && count == state.count
        && Arrays.equals(totals, state.totals);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(totals);
  }

  @Override
  public String toString() {
    return "%d channels of axis %d".formatted(totals.length, axis);
  }

  private void grow(int channels) {
    if (totals.length == 0) {
      totals = new double[channels];
    } else if (totals.length != channels) {
      throw new IllegalArgumentException(this + " given " + channels + " channels");
    }
  }
}
