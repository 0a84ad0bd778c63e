package dev.retort.quantization;

/** Ratios of powers. */
final class Decibels {
  private Decibels() {}

  /** {@code 10 log10(signal / noise)}; infinite without noise. */
  static double of(double signal, double noise) {
    return noise == 0 ? Double.POSITIVE_INFINITY : 10 * StrictMath.log10(signal / noise);
  }
}
