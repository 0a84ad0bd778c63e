package dev.retort.training.augmentation;

import dev.retort.tensor.Dims;
import dev.retort.tensor.SampleBlock;

/**
 * Moves a series by whole steps of time, uniform in -most to most, all channels together; the value
 * at the edge is repeated into the gap.
 *
 * @param most steps, at least 0
 */
public record ShiftSeries(int most, TimeAxis axis) implements Augmentation {
  public ShiftSeries {
    AugmentationSettings.require("the shift", most, most >= 0, "0 steps or more");
  }

  @Override
  public void apply(SampleBlock source, SampleBlock target, SampleRandom random) {
    Dims dims = source.sampleDims();
    int later = random.between(-most, most);
    int last = axis.steps(dims) - 1;
    int width = source.type().bits() / Byte.SIZE;
    for (int channel = 0; channel < axis.channels(dims); channel++) {
      for (int step = 0; step <= last; step++) {
        int from = axis.element(dims, channel, Math.max(0, Math.min(last, step - later)));
        int to = axis.element(dims, channel, step);
        target.bytes().put(to * width, source.bytes(), from * width, width);
      }
    }
  }
}
