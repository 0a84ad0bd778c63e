package dev.retort.statistics;

import dev.retort.tensor.SampleBlock;

/**
 * A mergeable statistic of one tensor: an accumulator, confined to one thread.
 *
 * <p>A new one is empty and is the identity of {@link #merge}. Equality is by content, and equal
 * statistics have equal {@link #toBytes}. {@code merge} is associative and commutative in exact
 * arithmetic; statistics that are not {@link #mergesInAnyOrder} hold floating-point sums, whose
 * bits depend on the order, and are merged by {@link FixedTree} alone.
 */
public sealed interface Statistic permits ValueHistogram, ChannelAbsMax, ChannelSum {

  /**
   * Adds the values of {@code block}, in stored order.
   *
   * @throws IllegalArgumentException unless they are {@code FLOAT32} and have the axis asked for
   */
  void update(SampleBlock block);

  /**
   * Adds what {@code other} holds to this statistic, and returns this.
   *
   * @throws IllegalArgumentException if it is of another kind or another number of channels
   */
  Statistic merge(Statistic other);

  /** Whether the bits of a merged result do not depend on the order of merging. */
  boolean mergesInAnyOrder();

  /** The canonical bytes, which {@link StatisticRequest.Kind#decode} reads. */
  byte[] toBytes();
}
