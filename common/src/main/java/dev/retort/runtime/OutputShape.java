package dev.retort.runtime;

import dev.retort.tensor.Dims;
import java.util.Arrays;

/**
 * The shape of an output.
 *
 * @param batched whether its first axis grows with the samples; then {@code dims} are those of one
 *     sample, otherwise those of the whole output
 */
record OutputShape(TensorPort port, boolean batched, Dims dims) {

  /** The shape that a run of {@code samples} samples gives. */
  long[] forSamples(int samples) {
    return batched ? stacked(samples, dims) : dims.toArray();
  }

  int byteLength(int samples) {
    long elements = Math.multiplyExact(dims.elementCount(), batched ? (long) samples : 1L);
    return Math.toIntExact(port.type().byteLength(elements));
  }

  /** {@code sampleDims} behind a first axis of {@code samples}. */
  static long[] stacked(int samples, Dims sampleDims) {
    long[] shape = new long[sampleDims.rank() + 1];
    shape[0] = samples;
    System.arraycopy(sampleDims.toArray(), 0, shape, 1, sampleDims.rank());
    return shape;
  }

  /** The dimensions of one sample, given those of a batch without its first axis. */
  static Dims rest(long[] shape) {
    return Dims.of(Arrays.copyOfRange(shape, 1, shape.length));
  }
}
