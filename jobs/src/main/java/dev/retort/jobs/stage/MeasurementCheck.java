package dev.retort.jobs.stage;

import dev.retort.error.UserError;
import java.util.List;

/**
 * Looks through measurements that come from a file, before anything runs: a run would otherwise
 * find out in its last minute that a value is missing.
 */
final class MeasurementCheck {
  private static final int LARGEST_BATCH = 4096;

  private final String file;

  private MeasurementCheck(String file) {
    this.file = file;
  }

  /**
   * Makes sure that {@code measurements} have the values that stages ask for.
   *
   * @param file where they come from, for the message
   * @throws UserError (exit 3) naming the file and the value
   */
  static List<Measurement> check(List<Measurement> measurements, String file) {
    MeasurementCheck check = new MeasurementCheck(file);
    measurements.forEach(check::check);
    return measurements;
  }

  private void check(Measurement measurement) {
    measurement.values().forEach((name, numbers) -> checkNumbers(measurement, name, numbers));
    for (String name : MeasureStage.valuesOf(measurement)) {
      List<Double> numbers = measurement.values().get(name);
      if (numbers == null || numbers.get(0) == 0) {
        Object found = numbers == null ? "missing" : numbers.get(0);
        throw bad(measurement, name, found, "a number above 0");
      }
    }
    List<Double> batch = measurement.values().get(MeasureStage.BEST_BATCH);
    if (batch != null && !isBatch(batch.get(0))) {
      throw bad(
          measurement,
          MeasureStage.BEST_BATCH,
          batch.get(0),
          "a whole number 1 to " + LARGEST_BATCH);
    }
  }

  private void checkNumbers(Measurement measurement, String name, List<Double> numbers) {
    if (numbers.isEmpty()) {
      throw bad(measurement, name, "an empty list", "at least one number");
    }
    for (Double number : numbers) {
      if (!Double.isFinite(number) || number < 0) {
        throw bad(measurement, name, number, "finite and not negative");
      }
    }
  }

  private static boolean isBatch(double value) {
    return value >= 1 && value <= LARGEST_BATCH && value == Math.rint(value);
  }

  private UserError bad(Measurement measurement, String name, Object value, String must) {
    return UserError.input(
        "Cannot use the measurements in %s: value %s of %s is %s, must be %s; restore the file, or remove it and measure again"
            .formatted(file, name, measurement.kind(), value, must));
  }
}
