package dev.retort.training;

import java.util.List;

/**
 * Up to {@value #VALUES} consecutive values of one parameter on the heap, where loops over them
 * compile to vector instructions: Java's specified float arithmetic, one rounding an operation and
 * no fused multiply-add, so the bits are those of the plain loop on every processor.
 */
final class Chunk {
  /** Values of a chunk: four arrays of them fit the first-level cache. */
  static final int VALUES = 2_048;

  private final float[] weights = new float[VALUES];
  private final float[] gradients = new float[VALUES];
  private final float[][] moments;
  private int count;

  Chunk(int moments) {
    this.moments = new float[moments][VALUES];
  }

  /** How many values are filled. */
  int count() {
    return count;
  }

  float[] weights() {
    return weights;
  }

  float[] gradients() {
    return gradients;
  }

  float[] moment(int index) {
    return moments[index];
  }

  void load(
      ParameterBuffer from, ParameterBuffer gradient, List<ParameterBuffer> state, int at, int n) {
    count = n;
    from.values().get(at, weights, 0, n);
    gradient.values().get(at, gradients, 0, n);
    for (int i = 0; i < moments.length; i++) {
      state.get(i).values().get(at, moments[i], 0, n);
    }
  }

  void store(ParameterBuffer to, List<ParameterBuffer> state, int at) {
    to.values().put(at, weights, 0, count);
    for (int i = 0; i < moments.length; i++) {
      state.get(i).values().put(at, moments[i], 0, count);
    }
  }
}
