package dev.retort.training.augmentation;

import dev.retort.tensor.Dims;
import dev.retort.tensor.SampleBlock;

/**
 * Changes the magnitude of each channel: {@code x N(1, deviation^2)}, one factor a channel (Um et
 * al., Data augmentation of wearable sensor data, ICMI 2017).
 *
 * @param deviation at least 0
 */
public record ScaleSeries(double deviation, TimeAxis axis) implements Augmentation {
  public ScaleSeries {
    AugmentationSettings.require(
        "the deviation of scaling",
        deviation,
        deviation >= 0 && Double.isFinite(deviation),
        "0 or above");
  }

  @Override
  public void apply(SampleBlock source, SampleBlock target, SampleRandom random) {
    Dims dims = source.sampleDims();
    Elements from = Elements.of(source);
    Elements to = Elements.of(target);
    for (int channel = 0; channel < axis.channels(dims); channel++) {
      double factor = 1 + deviation * random.gaussian();
      for (int step = 0; step < axis.steps(dims); step++) {
        int element = axis.element(dims, channel, step);
        to.put(element, from.at(element) * factor);
      }
    }
  }
}
