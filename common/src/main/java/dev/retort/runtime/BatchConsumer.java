package dev.retort.runtime;

import dev.retort.tensor.SampleBlock;
import java.util.Map;

/** Takes the outputs of one batch. */
@FunctionalInterface
public interface BatchConsumer {

  /**
   * Takes a batch's outputs, which are overwritten by the next batch.
   *
   * @param first the number of the batch's first sample in the shard
   * @param samples how many samples the batch has
   * @param outputs by name: a block of {@code samples} samples, or for an output that does not grow
   *     with the batch a block of one sample with the dimensions of the whole output
   */
  void accept(int first, int samples, Map<String, SampleBlock> outputs);
}
