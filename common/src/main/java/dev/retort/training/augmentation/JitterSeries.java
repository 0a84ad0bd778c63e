package dev.retort.training.augmentation;

import dev.retort.tensor.SampleBlock;

/**
 * Adds noise of the sensor: {@code x + N(0, deviation^2)} for each value (Um et al., Data
 * augmentation of wearable sensor data, ICMI 2017).
 *
 * @param deviation in units of the stored values, at least 0
 */
public record JitterSeries(double deviation) implements Augmentation {
  public JitterSeries {
    AugmentationSettings.require(
        "the deviation of jitter",
        deviation,
        deviation >= 0 && Double.isFinite(deviation),
        "0 or above");
  }

  @Override
  public void apply(SampleBlock source, SampleBlock target, SampleRandom random) {
    Elements from = Elements.of(source);
    Elements to = Elements.of(target);
    int count = (int) source.sampleDims().elementCount();
    for (int i = 0; i < count; i++) {
      to.put(i, from.at(i) + deviation * random.gaussian());
    }
  }
}
