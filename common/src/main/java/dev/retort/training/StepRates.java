package dev.retort.training;

import java.util.OptionalDouble;

/**
 * What a schedule sets for one step.
 *
 * @param learningRate above 0
 * @param momentum replaces the momentum of {@link Sgd} and beta1 of the others, in [0, 1); empty
 *     where the schedule leaves them alone
 */
public record StepRates(double learningRate, OptionalDouble momentum) {
  public StepRates {
    Settings.requireRate("the learning rate", learningRate);
    momentum.ifPresent(value -> Settings.requireCoefficient("the scheduled momentum", value));
  }

  /** A learning rate alone. */
  public static StepRates of(double learningRate) {
    return new StepRates(learningRate, OptionalDouble.empty());
  }
}
