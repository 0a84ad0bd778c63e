package dev.retort.training.augmentation;

import dev.retort.provenance.Seed;
import dev.retort.tensor.SampleBlock;

/**
 * Mixes a sample with another one of its shard (Zhang et al., mixup: Beyond empirical risk
 * minimization, ICLR 2018): {@code x = weight a + (1 - weight) b} with weight ~ Beta(alpha, alpha);
 * labels are mixed alike. The partner comes from the same shard, so a teacher that labels shards
 * can replay it without reading others. Immutable.
 */
public final class Mixup {
  private final double alpha;
  private final long view;
  private final long key;

  /**
   * The partner of a sample and the sample's own share.
   *
   * @param partner an index in the shard; the sample itself in a shard of one
   * @param weight 0 to 1
   */
  public record Mix(int partner, double weight) {}

  /**
   * The mixes of one view, of which view 0 mixes nothing.
   *
   * @param alpha above 0; small values give weights near 0 and 1
   */
  public Mixup(Seed seed, long view, double alpha) {
    AugmentationSettings.require("mixup's alpha", alpha, alpha > 0 && alpha <= 1e6, "in (0, 1e6]");
    this.alpha = alpha;
    this.view = view;
    this.key = seed.derive("mixup", view).value();
  }

  /**
   * What a sample is mixed with.
   *
   * @param number the sample's place in the canonical order of its data set
   * @param index its index in its shard
   * @param samples how many samples the shard has
   */
  public Mix mix(long number, int index, int samples) {
    if (view == 0 || samples == 1) {
      return new Mix(index, 1);
    }
    SampleRandom random = SampleRandom.of(key, number);
    int other = random.between(0, samples - 2);
    return new Mix(other < index ? other : other + 1, random.symmetricBeta(alpha));
  }

  /** Writes {@code weight} of {@code a} and the rest of {@code b}, all of one type and size. */
  public static void blend(SampleBlock a, SampleBlock b, double weight, SampleBlock target) {
    Elements first = Elements.of(a);
    Elements second = Elements.of(b);
    Elements mixed = Elements.of(target);
    int count = (int) a.sampleDims().elementCount();
    for (int i = 0; i < count; i++) {
      mixed.put(i, weight * first.at(i) + (1 - weight) * second.at(i));
    }
  }
}
