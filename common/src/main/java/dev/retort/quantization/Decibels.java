package dev.retort.quantization;

import dev.retort.plan.Decision;

/** Ratios of powers. */
final class Decibels {
  private Decibels() {}

  /** {@code 10 log10(signal / noise)}; infinite without noise. */
  static double of(double signal, double noise) {
    return noise == 0 ? Double.POSITIVE_INFINITY : 10 * StrictMath.log10(signal / noise);
  }

  /** {@code decision} with the ratio, unless it is infinite, for which JSON has no number. */
  static Decision addTo(Decision decision, double signalToNoise) {
    return Double.isFinite(signalToNoise)
        ? decision.with("signalToNoiseDecibels", signalToNoise)
        : decision;
  }
}
