package dev.retort.runtime;

import dev.retort.data.Batch;
import dev.retort.tensor.SampleBlock;
import java.util.Map;

/** Takes the outputs of one batch. */
@FunctionalInterface
public interface BatchConsumer {

  /**
   * Takes a batch's outputs, which are overwritten by the next batch.
   *
   * @param batch which samples of the shard these are, in the order of the outputs
   * @param outputs by name: a block of the batch's samples, or for an output that does not grow
   *     with the batch a block of one sample with the dimensions of the whole output
   */
  void accept(Batch batch, Map<String, SampleBlock> outputs);
}
