package dev.retort.data;

/**
 * One batch of a shard.
 *
 * @param order the order that it is a piece of
 * @param first the place of its first sample in that order
 * @param samples how many samples it has
 * @param length the tokens that each of its texts is padded to, 0 where samples are no texts
 */
public record Batch(BatchOrder order, int first, int samples, int length) {

  /** The index in the shard of the batch's sample {@code i}. */
  public int index(int i) {
    return order.index(first + i);
  }

  /** Whether its samples follow one another in the shard, from {@link #first} on. */
  public boolean isConsecutive() {
    return order.isStored();
  }

  /** The tokens without padding of the batch's sample {@code i}, 0 where samples are no texts. */
  public int tokens(int i) {
    return order.length(first + i);
  }
}
