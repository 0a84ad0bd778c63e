package dev.retort.training;

import dev.retort.tensor.Dims;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Random;

/** Layouts and random buffers for tests. */
final class RandomBuffers {
  private RandomBuffers() {}

  /** Parameters of fewer and of more values than a chunk, and one of none. */
  static ParameterLayout layout() {
    WeightDecay groups = WeightDecay.of(0.02);
    return new ParameterLayout(
        List.of(
            groups.parameter("a", Dims.of(5, 3)),
            groups.parameter("b", Dims.of(50, 101)),
            groups.parameter("none", Dims.of(0)),
            groups.parameter("a.bias", Dims.of(7))));
  }

  /** Standard normal values. */
  static ParameterBuffer of(ParameterLayout layout, Random random) {
    ParameterBuffer buffer = new ParameterBuffer(layout);
    for (int i = 0; i < layout.parameters().size(); i++) {
      FloatBuffer values = buffer.slice(i).asFloatBuffer();
      while (values.hasRemaining()) {
        values.put((float) random.nextGaussian());
      }
    }
    return buffer;
  }
}
