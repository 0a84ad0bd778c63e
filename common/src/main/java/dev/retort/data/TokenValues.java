package dev.retort.data;

import dev.retort.tensor.AlignedBuffers;
import dev.retort.tensor.Dims;
import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Consumer;

/**
 * Takes from a batch's outputs what belongs to tokens and leaves out what belongs to padding. What
 * must be moved is copied to one buffer, which grows to the largest batch. Not thread safe.
 */
public final class TokenValues {
  private ByteBuffer buffer = AlignedBuffers.allocate(0);

  /**
   * Gives {@code consumer} the values of {@code block}: blocks of consecutive samples whose texts
   * have the same length, cropped to it. Each is valid until the next.
   *
   * @param block an output of {@code batch}
   * @param axes the axes of a sample that follow the tokens; none for an output without padding
   */
  public void forEach(
      Batch batch, SampleBlock block, List<Integer> axes, Consumer<SampleBlock> consumer) {
    if (axes.isEmpty()) {
      consumer.accept(block);
      return;
    }
    int first = 0;
    while (first < batch.samples()) {
      int tokens = batch.tokens(first);
      int end = first + 1;
      while (end < batch.samples() && batch.tokens(end) == tokens) {
        end++;
      }
      SampleBlock equal = block.slice(first, end - first);
      consumer.accept(tokens == batch.length() ? equal : cropped(equal, axes, tokens));
      first = end;
    }
  }

  private SampleBlock cropped(SampleBlock block, List<Integer> axes, int tokens) {
    long[] sizes = block.sampleDims().toArray();
    axes.forEach(axis -> sizes[axis] = tokens);
    Dims dims = Dims.of(sizes);
    int sampleBytes = Math.toIntExact(block.type().byteLength(dims.elementCount()));
    int bytes = sampleBytes * block.samples();
    if (buffer.capacity() < bytes) {
      buffer = AlignedBuffers.allocate(bytes);
    }
    ByteBuffer target = buffer.slice(0, bytes).order(ByteOrder.LITTLE_ENDIAN);
    Crop crop = new Crop(block, dims, axes.get(axes.size() - 1), target);
    for (int sample = 0; sample < block.samples(); sample++) {
      crop.copy(0, sample * block.sampleBytes(), block.sampleBytes());
    }
    return new SampleBlock(block.type(), dims, block.samples(), target.flip());
  }

  /**
   * One copy.
   *
   * @param last the innermost axis that is cropped: behind it values are consecutive
   */
  private record Crop(SampleBlock from, Dims dims, int last, ByteBuffer target) {

    /** Copies what is kept of {@code axis}, whose values begin at {@code offset}. */
    void copy(int axis, int offset, int bytes) {
      int stride = bytes / (int) from.sampleDims().size(axis);
      int kept = (int) dims.size(axis);
      if (axis == last) {
        target.put(target.position(), from.bytes(), offset, kept * stride);
        target.position(target.position() + kept * stride);
        return;
      }
      for (int i = 0; i < kept; i++) {
        copy(axis + 1, offset + i * stride, stride);
      }
    }
  }
}
