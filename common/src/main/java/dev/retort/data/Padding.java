package dev.retort.data;

/** How long the texts of one batch are made. */
public enum Padding {
  /** Sorted by length inside a shard, and padded to the longest text of the batch. */
  LONGEST,
  /** In stored order, all padded to the most tokens that a text may have. */
  MAX_LENGTH
}
