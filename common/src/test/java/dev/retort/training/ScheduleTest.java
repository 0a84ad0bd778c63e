package dev.retort.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retort.error.UserError;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ScheduleTest {
  private static final double RATE = 0.03;

  static Stream<Arguments> references() {
    OneCycle.MomentumCycle momentum = new OneCycle.MomentumCycle(0.9, 0.8);
    return Stream.of(
        Arguments.of("step", new StepDecay(RATE, 7, 0.3)),
        Arguments.of("warm-up-cosine", new WarmUpCosine(RATE, 0.001, 8, 40)),
        Arguments.of("cosine", new WarmUpCosine(RATE, 0, 0, 30)),
        Arguments.of("one-cycle", OneCycle.of(0.004, 50)),
        Arguments.of("one-cycle-set", new OneCycle(0.5, 33, 0.25, 10, 100, Optional.of(momentum))));
  }

  /** PyTorch multiplies most rates on from step to step, which costs an ulp each. */
  @ParameterizedTest
  @MethodSource("references")
  void givesTheRatesOfPytorch(String name, Schedule schedule) {
    JsonNode rates = PytorchReference.part("schedules").get(name);
    for (int step = 0; step < rates.size(); step++) {
      double expected = rates.get(step).get(0).asDouble();
      StepRates actual = schedule.at(step);
      assertThat(actual.learningRate()).isCloseTo(expected, within(1e-13));
      if (schedule instanceof OneCycle) {
        assertThat(actual.momentum().orElseThrow())
            .isCloseTo(rates.get(step).get(1).asDouble(), within(1e-13));
      }
    }
    assertThat(rates.size()).isGreaterThanOrEqualTo(25);
  }

  @Test
  void isAFunctionOfTheStepAlone() {
    Schedule schedule = new WarmUpCosine(RATE, 0, 3, 20);
    StepRates tenth = schedule.at(10);
    assertThat(schedule.at(2)).isEqualTo(StepRates.of(RATE * 3 / 4));
    assertThat(schedule.at(10)).isEqualTo(tenth);
  }

  @Test
  void neverGivesZero() {
    assertThat(new WarmUpCosine(RATE, 0, 1, 2).at(0).learningRate()).isPositive();
    assertThat(new WarmUpCosine(RATE, 0, 5, 1_000_000).at(999_999).learningRate()).isPositive();
    assertThat(new StepDecay(RATE, 1, 0.1).at(5_000).learningRate()).isPositive();
    assertThat(new OneCycle(RATE, 2, 0, 25, 1e4, Optional.empty()).at(1).learningRate())
        .isPositive();
  }

  @Test
  void aConstantRateIsConstant() {
    assertThat(new ConstantRate(RATE).at(0)).isEqualTo(new ConstantRate(RATE).at(1_000_000_000L));
    assertThat(new ConstantRate(RATE).at(7).momentum()).isEmpty();
  }

  @Test
  void aOneCycleOfTwoStepsBeginsAtThePeakWhereTheRiseHasNoStep() {
    OneCycle half = new OneCycle(RATE, 2, 0.5, 25, 1e4, Optional.empty());
    assertThat(half.at(0).learningRate()).isEqualTo(RATE);
  }

  @Test
  void stepsBeyondTheEndAreRefused() {
    assertThatThrownBy(() -> OneCycle.of(RATE, 10).at(10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("step 10 of 10");
    assertThatThrownBy(() -> new ConstantRate(RATE).at(-1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void badSettingsAreRefused() {
    assertThatThrownBy(() -> new ConstantRate(0))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the learning rate is 0, must be above 0");
    assertThatThrownBy(() -> new WarmUpCosine(RATE, 0, 20, 20))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("warm-up is 20, must be fewer than all 20 steps");
    assertThatThrownBy(() -> new StepDecay(RATE, 0, 0.1)).isInstanceOf(UserError.class);
    assertThatThrownBy(() -> new StepDecay(RATE, 5, 1.1)).isInstanceOf(UserError.class);
    assertThatThrownBy(() -> OneCycle.of(-1, 10)).isInstanceOf(UserError.class);
    assertThatThrownBy(() -> OneCycle.of(RATE, 1)).isInstanceOf(UserError.class);
  }
}
