package dev.retort.runtime;

import dev.retort.graph.Dim;
import dev.retort.provenance.Seed;
import dev.retort.tensor.AlignedBuffers;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * Inputs for trial runs and measurements: floats are uniform in [0, 1), bytes uniform, wider
 * integers and booleans 1, which is a valid token, mask and length. The same for the same model.
 */
public final class GeneratedInputs {
  /** The size of an axis about which neither model nor caller says anything. */
  static final long FREE_SIZE = 32;

  private final OnnxSession session;
  private final Map<String, Dims> sampleDims;

  private GeneratedInputs(OnnxSession session, Map<String, Dims> sampleDims) {
    this.session = session;
    this.sampleDims = sampleDims;
  }

  /**
   * Inputs for {@code session}.
   *
   * @param sampleDims dimensions of one sample, for the inputs whose dimensions the model leaves
   *     open
   */
  public static GeneratedInputs of(OnnxSession session, Map<String, Dims> sampleDims) {
    Map<String, Dims> all = new LinkedHashMap<>();
    for (TensorPort port : session.inputs()) {
      Dims stated = sampleDims.get(port.name());
      all.put(port.name(), stated == null ? openDims(port) : stated);
    }
    return new GeneratedInputs(session, all);
  }

  /** A block of {@code samples} samples for each input. */
  public Map<String, SampleBlock> samples(int samples) {
    Map<String, SampleBlock> blocks = new LinkedHashMap<>();
    for (TensorPort port : session.inputs()) {
      Dims dims = sampleDims.get(port.name());
      long bytes = Math.multiplyExact(port.type().byteLength(dims.elementCount()), (long) samples);
      ByteBuffer buffer = AlignedBuffers.allocate(Math.toIntExact(bytes));
      fill(buffer, port.type(), new Seed(0).derive(port.name()).random());
      blocks.put(port.name(), new SampleBlock(port.type(), dims, samples, buffer));
    }
    return blocks;
  }

  /** The batch sizes up to {@code largest} that the model takes out of 1 and 2. */
  int[] trialBatches() {
    long fixed = session.inputs().stream().mapToLong(TensorPort::fixedBatch).max().orElse(0);
    return fixed > 0 ? new int[] {Math.toIntExact(fixed)} : new int[] {1, 2};
  }

  private static Dims openDims(TensorPort port) {
    long[] sizes =
        port.dims().stream()
            .skip(1)
            .mapToLong(dim -> dim instanceof Dim.Fixed fixed ? fixed.size() : FREE_SIZE)
            .toArray();
    return Dims.of(sizes);
  }

  private static void fill(ByteBuffer buffer, ElementType type, Random random) {
    switch (type) {
      case FLOAT32 -> {
        while (buffer.hasRemaining()) {
          buffer.putFloat(random.nextFloat());
        }
      }
      case FLOAT64 -> {
        while (buffer.hasRemaining()) {
          buffer.putDouble(random.nextFloat());
        }
      }
      case UINT8, INT8 -> {
        while (buffer.hasRemaining()) {
          buffer.put((byte) random.nextInt());
        }
      }
      case FLOAT16, BFLOAT16 -> fillOnes(buffer, type == ElementType.FLOAT16 ? 0x3C00 : 0x3F80, 2);
      default -> fillOnes(buffer, 1, type.bits() / Byte.SIZE);
    }
    buffer.rewind();
  }

  private static void fillOnes(ByteBuffer buffer, int value, int width) {
    while (buffer.hasRemaining()) {
      for (int i = 0; i < width; i++) {
        buffer.put((byte) (i < Integer.BYTES ? value >>> (i * Byte.SIZE) : 0));
      }
    }
  }
}
