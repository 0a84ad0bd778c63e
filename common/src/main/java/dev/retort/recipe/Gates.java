package dev.retort.recipe;

import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * What the last step must reach, against the teacher; a gate that is not given holds.
 *
 * @param accuracyDrop the largest loss of accuracy, in percentage points
 * @param sizeRatio how many times smaller the file must be, at least
 * @param latencyRatio how many times faster a sample must be, at least
 * @param latencyMillis the largest median latency of a sample, at batch 1 and one thread
 */
public record Gates(
    OptionalDouble accuracyDrop,
    OptionalDouble sizeRatio,
    OptionalDouble latencyRatio,
    OptionalDouble latencyMillis) {

  /** Whether nothing is asked for. */
  public boolean isEmpty() {
    return Stream.of(accuracyDrop, sizeRatio, latencyRatio, latencyMillis)
        .noneMatch(OptionalDouble::isPresent);
  }
}
