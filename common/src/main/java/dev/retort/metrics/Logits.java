package dev.retort.metrics;

import dev.retort.tensor.ElementType;
import dev.retort.tensor.SampleBlock;
import java.nio.FloatBuffer;

/** The logits of a block, one row a sample; a block of more axes is flattened. */
record Logits(int samples, int classes, FloatBuffer values) {

  /**
   * @throws IllegalArgumentException unless {@code block} holds {@code FLOAT32} values
   */
  static Logits of(SampleBlock block) {
    long classes = block.sampleDims().elementCount();
    if (block.type() != ElementType.FLOAT32 || classes == 0) {
      throw new IllegalArgumentException("logits of " + block.type() + block.sampleDims());
    }
    return new Logits(block.samples(), (int) classes, block.bytes().asFloatBuffer());
  }

  /** Copies the logits of {@code sample} into {@code row}. */
  void read(int sample, float[] row) {
    values.get(sample * classes, row);
  }

  /** The class of the greatest logit, the first of equals; NaN is below all. */
  static int argMax(float[] row) {
    int best = 0;
    for (int i = 1; i < row.length; i++) {
      if (row[i] > row[best] || Float.isNaN(row[best])) {
        best = i;
      }
    }
    return best;
  }
}
