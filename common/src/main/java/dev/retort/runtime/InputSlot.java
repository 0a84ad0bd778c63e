package dev.retort.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.retort.tensor.AlignedBuffers;
import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;

/**
 * One input of a batch. Samples that lie aligned in direct memory are handed over where they lie;
 * others are copied to an aligned buffer first, so that the result has the same bits.
 */
final class InputSlot {
  private final OnnxJavaType type;
  private final long[] shape;
  private final int samples;
  private SampleBlock block;
  private ByteBuffer staging;

  private InputSlot(OnnxJavaType type, long[] shape, int samples) {
    this.type = type;
    this.shape = shape;
    this.samples = samples;
  }

  /** The slot of {@code port} for {@code samples} samples like those of {@code block}. */
  static InputSlot of(TensorPort port, SampleBlock block, int samples) {
    long[] shape = OutputShape.stacked(samples, block.sampleDims());
    InputSlot slot = new InputSlot(OrtTypes.javaType(port), shape, samples);
    slot.block = block;
    return slot;
  }

  /** Takes samples of {@code newBlock}, which has this slot's type and dimensions, from now on. */
  void read(SampleBlock newBlock) {
    block = newBlock;
  }

  /** A tensor over the block's first samples. */
  OnnxTensor stage() throws OrtException {
    return stage(0);
  }

  /** A tensor over the samples from {@code first} on, valid until the next call. */
  OnnxTensor stage(int first) throws OrtException {
    int sampleBytes = block.sampleBytes();
    ByteBuffer bytes = block.bytes().slice(first * sampleBytes, samples * sampleBytes);
    if (!AlignedBuffers.isAligned(bytes)) {
      bytes = copy(bytes);
    }
    return OnnxTensor.createTensor(OnnxSession.environment(), bytes, shape, type);
  }

  private ByteBuffer copy(ByteBuffer bytes) {
    if (staging == null) {
      staging = AlignedBuffers.allocate(bytes.remaining());
    }
    staging.put(0, bytes, 0, bytes.remaining());
    return staging;
  }
}
