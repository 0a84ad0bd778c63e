package dev.retort.training.augmentation;

import dev.retort.provenance.Seed;
import dev.retort.tensor.AlignedBuffers;
import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One view of the samples of a data set: view 0 is each sample as it is, view n the n-th change of
 * it by a chain of augmentations, in their order. Without stored views, the view is the epoch,
 * counted from 1.
 *
 * <p>What a sample becomes depends on seed, view, its number and the chain alone; each augmentation
 * has a stream of its own, so what one draws does not change what another does. Confined to one
 * thread.
 */
public final class AugmentedView {
  private final List<Augmentation> chain;
  private final long view;
  private final long[] keys;
  private ByteBuffer scratch = AlignedBuffers.allocate(0);
  private ByteBuffer otherScratch = AlignedBuffers.allocate(0);

  /**
   * A view.
   *
   * @param seed of the augmentation of this data set
   * @param view at least 0
   */
  public AugmentedView(Seed seed, long view, List<Augmentation> chain) {
    if (view < 0) {
      throw new IllegalArgumentException("view " + view);
    }
    this.chain = List.copyOf(chain);
    this.view = view;
    this.keys =
        IntStream.range(0, chain.size())
            .mapToLong(i -> seed.derive("augmentation", view, i).value())
            .toArray();
  }

  /**
   * Writes this view of a sample.
   *
   * @param number the sample's place in the canonical order of its data set
   * @param source one sample
   * @param target one sample of the same type and dimensions, in another buffer
   */
  public void apply(long number, SampleBlock source, SampleBlock target) {
    int steps = view == 0 ? 0 : chain.size();
    if (steps == 0) {
      target.bytes().put(0, source.bytes(), 0, source.sampleBytes());
      return;
    }
    grow(source.sampleBytes());
    SampleBlock from = source;
    for (int i = 0; i < steps; i++) {
      ByteBuffer free = i % 2 == 0 ? scratch : otherScratch;
      SampleBlock to = i == steps - 1 ? target : over(free, source);
      chain.get(i).apply(from, to, SampleRandom.of(keys[i], number));
      from = to;
    }
  }

  private void grow(int bytes) {
    if (scratch.capacity() < bytes) {
      scratch = AlignedBuffers.allocate(bytes);
      otherScratch = AlignedBuffers.allocate(bytes);
    }
  }

  private static SampleBlock over(ByteBuffer bytes, SampleBlock like) {
    return new SampleBlock(like.type(), like.sampleDims(), 1, bytes.slice(0, like.sampleBytes()));
  }
}
