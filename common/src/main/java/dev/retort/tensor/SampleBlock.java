package dev.retort.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Consecutive samples of one model input or output: a buffer of {@code samples} times {@code
 * sampleDims} elements, little-endian, row-major.
 *
 * @param type the element type, of 8 bits or more
 * @param sampleDims the dimensions of one sample, without the batch axis
 * @param samples how many samples
 * @param bytes their data; the block does not copy it, so its owner may reuse it
 */
public record SampleBlock(ElementType type, Dims sampleDims, int samples, ByteBuffer bytes) {
  public SampleBlock {
    bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    long expected = Math.multiplyExact(type.byteLength(sampleDims.elementCount()), (long) samples);
    if (bytes.remaining() != expected) {
      throw new IllegalArgumentException(
          "%d samples of %s%s need %d bytes, not %d"
              .formatted(samples, type, sampleDims, expected, bytes.remaining()));
    }
  }

  /** Bytes of one sample. */
  public int sampleBytes() {
    return Math.toIntExact(type.byteLength(sampleDims.elementCount()));
  }

  /** A view of {@code count} samples from sample {@code from} on. */
  public SampleBlock slice(int from, int count) {
    return new SampleBlock(
        type, sampleDims, count, bytes.slice(from * sampleBytes(), count * sampleBytes()));
  }
}
