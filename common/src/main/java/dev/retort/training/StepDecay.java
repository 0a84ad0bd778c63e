package dev.retort.training;

/**
 * A learning rate that falls at regular steps: {@code rate * factor^floor(step / every)}, as
 * PyTorch's {@code StepLR}.
 *
 * @param rate of the first steps, above 0
 * @param every how many steps have one rate, at least 1
 * @param factor in (0, 1]
 */
public record StepDecay(double rate, long every, double factor) implements Schedule {
  public StepDecay {
    Settings.requireRate("the learning rate", rate);
    Settings.require("the length of a step of decay", (double) every, every >= 1, "1 or above");
    Settings.require("the factor of step decay", factor, factor > 0 && factor <= 1, "in (0, 1]");
  }

  /**
   * {@inheritDoc}
   *
   * <p>Never below the smallest positive number, however often it fell.
   */
  @Override
  public StepRates at(long step) {
    Schedule.requireStep(step, Long.MAX_VALUE);
    double fallen = rate * StrictMath.pow(factor, (double) Math.floorDiv(step, every));
    return StepRates.of(Math.max(Double.MIN_VALUE, fallen));
  }
}
