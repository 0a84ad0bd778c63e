package dev.retort.training;

/**
 * The learning rate of each step, a pure function of the step's number: a resumed run needs no
 * state of it. Cosines and powers come from {@link StrictMath}, so rates have the same bits
 * everywhere.
 */
public sealed interface Schedule permits ConstantRate, StepDecay, WarmUpCosine, OneCycle {

  /**
   * What step {@code step} is taken with.
   *
   * @param step counted from 0
   * @throws IllegalArgumentException if the schedule has no such step
   */
  StepRates at(long step);

  /** Value between {@code from} (at 0) and {@code to} (at 1) along half a cosine. */
  static double cosine(double from, double to, double done) {
    return to + (from - to) / 2 * (1 + StrictMath.cos(Math.PI * done));
  }

  /** Refuses a step that a schedule of {@code total} steps does not have. */
  static void requireStep(long step, long total) {
    if (step < 0 || step >= total) {
      throw new IllegalArgumentException("step %d of %d".formatted(step, total));
    }
  }
}
