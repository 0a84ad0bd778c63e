package dev.retort.statistics;

import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.SampleBlock;

/**
 * How values of a block belong to the channels of one axis: {@code outer} times {@code channels}
 * runs of {@code inner} neighbours.
 */
record Channels(int outer, int channels, int inner) {

  /**
   * The layout of {@code block} along {@code axis} of a sample.
   *
   * @throws IllegalArgumentException if it has no such axis or is not {@code FLOAT32}
   */
  static Channels of(SampleBlock block, int axis) {
    Dims dims = block.sampleDims();
    if (block.type() != ElementType.FLOAT32 || axis >= dims.rank()) {
      throw new IllegalArgumentException(
          "a statistic along axis %d of %s%s".formatted(axis, block.type(), dims));
    }
    long outer = block.samples();
    for (int i = 0; i < axis; i++) {
      outer *= dims.size(i);
    }
    long inner = 1;
    for (int i = axis + 1; i < dims.rank(); i++) {
      inner *= dims.size(i);
    }
    return new Channels(Math.toIntExact(outer), (int) dims.size(axis), (int) inner);
  }
}
