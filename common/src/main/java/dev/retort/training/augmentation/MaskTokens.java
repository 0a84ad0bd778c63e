package dev.retort.training.augmentation;

import dev.retort.error.UserError;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.util.Set;

/**
 * Replaces tokens of a text by the mask token, each with {@code probability} (Tang et al.,
 * Distilling task-specific knowledge from BERT into simple neural networks, 2019, section 3.3).
 *
 * @param probability 0 to 1
 * @param mask the id of the mask token
 * @param kept ids that are never replaced: those that begin, separate and pad texts
 */
public record MaskTokens(double probability, int mask, Set<Integer> kept) implements Augmentation {
  public MaskTokens {
    AugmentationSettings.requireProbability("the probability of a masked token", probability);
    kept = Set.copyOf(kept);
  }

  /**
   * {@inheritDoc}
   *
   * @throws UserError (exit 2) if the sample's elements are not int32
   */
  @Override
  public void apply(SampleBlock source, SampleBlock target, SampleRandom random) {
    if (source.type() != ElementType.INT32) {
      throw UserError.usage(
          "Cannot mask tokens: samples are of %s, must be token ids of INT32; leave masking out"
              .formatted(source.type()));
    }
    ByteBuffer from = source.bytes();
    for (int at = 0; at < source.sampleBytes(); at += Integer.BYTES) {
      int id = from.getInt(at);
      // The number is drawn for kept tokens, too: what happens to one does not depend on others.
      boolean masked = random.happens(probability) && !kept.contains(id);
      target.bytes().putInt(at, masked ? mask : id);
    }
  }
}
