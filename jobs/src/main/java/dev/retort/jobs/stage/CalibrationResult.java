package dev.retort.jobs.stage;

import dev.retort.provenance.Sha256;
import java.util.List;
import java.util.SortedMap;

/**
 * What {@code calibrate} found.
 *
 * @param contentHash over all statistics
 * @param tensors the observed tensors
 */
public record CalibrationResult(Sha256 contentHash, List<TensorRanges> tensors) {
  public CalibrationResult {
    tensors = List.copyOf(tensors);
  }

  /**
   * The ranges of a tensor.
   *
   * @param values how many values were observed
   * @param ranges what each estimator would choose for 8 bits: its ends by its name
   */
  public record TensorRanges(
      String tensor, long values, double min, double max, SortedMap<String, List<Double>> ranges) {}
}
