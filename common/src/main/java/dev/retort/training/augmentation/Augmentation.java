package dev.retort.training.augmentation;

import dev.retort.tensor.SampleBlock;

/** A random change of one sample that keeps its type and dimensions. */
public sealed interface Augmentation
    permits ShiftImage,
        FlipImage,
        CropImage,
        CutOut,
        JitterSeries,
        ScaleSeries,
        ShiftSeries,
        MaskTokens {

  /**
   * Writes the changed {@code source} to {@code target}.
   *
   * @param source one sample, not changed
   * @param target one sample of the same type and dimensions, in another buffer; wholly written
   * @param random where all of the change's randomness comes from
   */
  void apply(SampleBlock source, SampleBlock target, SampleRandom random);
}
