package dev.retort.runtime;

import java.util.Arrays;

/**
 * The spread of repeated measurements: a quarter lies below {@code lower}, half below {@code
 * median}, three quarters below {@code upper}.
 *
 * @param count how many measurements
 */
public record Quartiles(double lower, double median, double upper, int count) {

  /**
   * The quartiles of {@code values}, by linear interpolation between neighbours in order.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Quartiles of(double[] values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("no values");
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return new Quartiles(at(sorted, 0.25), at(sorted, 0.5), at(sorted, 0.75), sorted.length);
  }

  private static double at(double[] sorted, double fraction) {
    double place = fraction * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
