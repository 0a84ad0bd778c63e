package dev.retort.training;

/** How long each sample is, in tokens. */
@FunctionalInterface
public interface SampleLengths {
  /** The tokens of the sample at {@code index} of {@code shard}. */
  int length(int shard, int index);
}
