package dev.retort.training;

/**
 * One learning rate for all steps.
 *
 * @param rate above 0
 */
public record ConstantRate(double rate) implements Schedule {
  public ConstantRate {
    Settings.requireRate("the learning rate", rate);
  }

  @Override
  public StepRates at(long step) {
    Schedule.requireStep(step, Long.MAX_VALUE);
    return StepRates.of(rate);
  }
}
