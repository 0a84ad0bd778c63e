package dev.retort.training;

import dev.retort.tensor.Dims;

/**
 * A trainable float32 tensor.
 *
 * @param name its name in the graph
 * @param dims its dimensions
 * @param group what weight decay does to it
 */
public record Parameter(String name, Dims dims, DecayGroup group) {

  /** Its number of values. */
  public int size() {
    return Math.toIntExact(dims.elementCount());
  }
}
