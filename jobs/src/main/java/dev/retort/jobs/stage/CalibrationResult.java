package dev.retort.jobs.stage;

import dev.retort.provenance.Sha256;
import dev.retort.statistics.Distribution;
import dev.retort.statistics.Range;
import dev.retort.statistics.RangeEstimator;
import dev.retort.statistics.StatisticsTable;
import dev.retort.statistics.ValueHistogram;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

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

  /** The observed distributions of {@code statistics}. */
  static CalibrationResult of(StatisticsTable statistics) {
    return new CalibrationResult(
        statistics.sha256(),
        statistics.tensors().stream()
            .flatMap(t -> statistics.histogram(t).map(h -> TensorRanges.of(t, h)).stream())
            .toList());
  }

  /**
   * The ranges of a tensor.
   *
   * @param values how many values were observed
   * @param ranges what each estimator would choose for 8 bits: its ends by its name
   */
  public record TensorRanges(
      String tensor, long values, double min, double max, SortedMap<String, List<Double>> ranges) {
    private static final int BITS = 8;

    private static TensorRanges of(String tensor, ValueHistogram histogram) {
      Distribution distribution = histogram.distribution(tensor);
      SortedMap<String, List<Double>> ranges = new TreeMap<>();
      for (RangeEstimator estimator : RangeEstimator.ALL) {
        Range range = estimator.range(distribution, BITS);
        ranges.put(estimator.name(), List.of((double) range.min(), (double) range.max()));
      }
      return new TensorRanges(
          tensor, histogram.count(), distribution.minimum(), distribution.maximum(), ranges);
    }
  }
}
