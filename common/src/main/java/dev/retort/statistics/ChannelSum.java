package dev.retort.statistics;

import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;

/**
 * The sum of each channel, {@code sum x[n, c, ...]} over all samples and positions, with the number
 * of values a channel.
 *
 * <p>Summed in double: each run of neighbouring values of a channel in four interleaved partial
 * sums, the runs in stored order. Absolute error at most n * 2^-53 * sum |x| for n values (Higham,
 * Accuracy and Stability of Numerical Algorithms, section 4.2). The bits depend on the order of
 * merging, hence {@link FixedTree}. NaN and infinities propagate into their channel's sum. Confined
 * to one thread.
 */
public final class ChannelSum implements Statistic {
  private final ChannelTotals totals;

  /** An empty statistic along {@code axis} of a sample. */
  public ChannelSum(int axis) {
    this(new ChannelTotals(axis));
  }

  private ChannelSum(ChannelTotals totals) {
    this.totals = totals;
  }

  /** Reads what {@link #toBytes} wrote and moves {@code bytes} past it. */
  static ChannelSum of(ByteBuffer bytes) {
    return new ChannelSum(ChannelTotals.of(bytes));
  }

  @Override
  public void update(SampleBlock block) {
    totals.update(block, ChannelSum::of);
  }

  @Override
  public ChannelSum merge(Statistic other) {
    if (!(other instanceof ChannelSum statistic)) {
      throw new IllegalArgumentException(this + " merged with " + other);
    }
    totals.merge(statistic.totals);
    return this;
  }

  @Override
  public boolean mergesInAnyOrder() {
    return false;
  }

  /** The sum of each channel; empty before any update. */
  public double[] sums() {
    return totals.totals();
  }

  /** Values a channel. */
  public long count() {
    return totals.count();
  }

  @Override
  public byte[] toBytes() {
    return totals.toBytes();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ChannelSum statistic && totals.equals(statistic.totals);
  }

  @Override
  public int hashCode() {
    return totals.hashCode();
  }

  @Override
  public String toString() {
    return "sum, " + totals;
  }

  /** The sum of a run; four partial sums, as one would wait for each addition in turn. */
  private static double of(float[] run) {
    double first = 0;
    double second = 0;
    double third = 0;
    double fourth = 0;
    int whole = run.length & ~3;
    for (int i = 0; i < whole; i += 4) {
      first += run[i];
      second += run[i + 1];
      third += run[i + 2];
      fourth += run[i + 3];
    }
    for (int i = whole; i < run.length; i++) {
      first += run[i];
    }
    return (first + second) + (third + fourth);
  }
}
