package dev.retort.statistics;

import dev.retort.provenance.Seed;
import dev.retort.tensor.AlignedBuffers;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.util.Random;

/** Blocks of floats for tests, and random cuts of them. */
final class Blocks {
  private Blocks() {}

  static SampleBlock of(Dims sampleDims, float... values) {
    ByteBuffer bytes = AlignedBuffers.allocate(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    int samples = (int) (values.length / sampleDims.elementCount());
    return new SampleBlock(ElementType.FLOAT32, sampleDims, samples, bytes);
  }

  static SampleBlock of(float... values) {
    return of(Dims.of(1), values);
  }

  /** Activations: a third zeros, both signs, a heavy tail. */
  static SampleBlock random(long seed, int samples, Dims sampleDims) {
    Random random = new Seed(seed).random();
    float[] values = new float[(int) (samples * sampleDims.elementCount())];
    for (int i = 0; i < values.length; i++) {
      double gaussian = random.nextGaussian();
      values[i] = random.nextInt(3) == 0 ? 0 : (float) (gaussian * gaussian * gaussian);
    }
    return of(sampleDims, values);
  }

  static float[] floats(SampleBlock block) {
    float[] values = new float[block.bytes().remaining() / Float.BYTES];
    block.bytes().asFloatBuffer().get(values);
    return values;
  }

  /**
   * {@code statistic} over the pieces of a random cut, each gathered by itself and then merged in
   * random order.
   */
  static Statistic cutAndMerged(StatisticRequest request, SampleBlock block, long seed) {
    Random random = new Seed(seed).random();
    Statistic merged = request.empty();
    int from = 0;
    while (from < block.samples()) {
      int size = Math.min(1 + random.nextInt(block.samples()), block.samples() - from);
      Statistic piece = request.empty();
      piece.update(block.slice(from, size));
      merged = random.nextBoolean() ? merged.merge(piece) : piece.merge(merged);
      from += size;
    }
    return merged;
  }
}
