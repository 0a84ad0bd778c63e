package dev.retort.training.augmentation;

import dev.retort.error.UserError;
import dev.retort.tensor.Dims;

/** Which axis of a series is time; the others together are its channels. */
public enum TimeAxis {
  /** {@code [T]} or {@code [T, ...]}. */
  FIRST,
  /** {@code [T]} or {@code [..., T]}. */
  LAST;

  /**
   * Steps of time.
   *
   * @throws UserError (exit 2) if samples have no axis
   */
  int steps(Dims dims) {
    if (dims.rank() == 0) {
      throw UserError.usage(
          "Cannot augment samples as series: each is one number, must have steps of time; leave augmentation out");
    }
    return (int) dims.size(this == FIRST ? 0 : -1);
  }

  int channels(Dims dims) {
    return (int) (dims.elementCount() / steps(dims));
  }

  int element(Dims dims, int channel, int step) {
    return this == FIRST ? step * channels(dims) + channel : channel * steps(dims) + step;
  }
}
