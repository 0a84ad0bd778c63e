package dev.retort.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retort.error.UserError;
import dev.retort.tensor.Dims;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OptimizerTest {
  private static final double RATE = 0.03;
  private static final Moments USUAL = Moments.USUAL;

  /**
   * PyTorch works in float32, too, in another order and perhaps with fused operations: a few ulps
   * of a value near 1 a step, over 20 steps.
   */
  private static final double TOLERANCE = 20 * 4 * 0x1p-24;

  static Stream<Arguments> references() {
    Schedule constant = new ConstantRate(RATE);
    Schedule cycle = OneCycle.of(0.1, 20);
    return Stream.of(
        Arguments.of("sgd", Sgd.withMomentum(0), 0.0, constant),
        Arguments.of("momentum", Sgd.withMomentum(0.9), 0.01, constant),
        Arguments.of("dampening", new Sgd(0.8, 0.3, Sgd.Form.CLASSIC), 0.01, constant),
        Arguments.of("nesterov", new Sgd(0.9, 0, Sgd.Form.NESTEROV), 0.01, constant),
        Arguments.of("momentum-one-cycle", Sgd.withMomentum(0.9), 0.01, cycle),
        Arguments.of("adam", new Adam(USUAL), 0.0, constant),
        Arguments.of("adam-decay", new Adam(new Moments(0.8, 0.99, 1e-6)), 0.05, constant),
        Arguments.of("adamw", new AdamW(USUAL), 0.05, constant),
        Arguments.of("adamw-one-cycle", new AdamW(USUAL), 0.05, cycle),
        Arguments.of("lamb", new Lamb(new Moments(0.9, 0.999, 1e-6)), 0.05, constant));
  }

  static Stream<UpdateRule> rules() {
    return Stream.of(
        Sgd.withMomentum(0.9),
        new Sgd(0.9, 0, Sgd.Form.NESTEROV),
        new Adam(USUAL),
        new AdamW(USUAL),
        new Lamb(USUAL));
  }

  @ParameterizedTest
  @MethodSource("references")
  void followsThePathOfPytorch(String name, UpdateRule rule, double decay, Schedule schedule) {
    ParameterLayout layout = PytorchReference.layout(decay);
    ParameterBuffer weights = PytorchReference.start(layout);
    Optimizer optimizer = new Optimizer(rule, layout);
    JsonNode path = PytorchReference.part("optimizers").get(name);
    int compared = 0;
    for (int step = 0; step < 20; step++) {
      optimizer.step(weights, PytorchReference.gradients(layout, step), schedule.at(step));
      JsonNode expected = path.get(Integer.toString(step + 1));
      if (expected != null) {
        assertClose(weights, PytorchReference.buffer(layout, expected));
        compared++;
      }
    }
    assertThat(compared).isEqualTo(4);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void goesOnBitForBitFromSavedState(UpdateRule rule) throws IOException {
    ParameterLayout layout = RandomBuffers.layout();
    Random random = new Random(3);
    List<ParameterBuffer> gradients =
        Stream.generate(() -> RandomBuffers.of(layout, random)).limit(12).toList();
    ParameterBuffer undisturbed = RandomBuffers.of(layout, new Random(4));
    ParameterBuffer interrupted = undisturbed.copy();
    Optimizer whole = new Optimizer(rule, layout);
    gradients.forEach(g -> whole.step(undisturbed, g, StepRates.of(RATE)));

    Optimizer first = new Optimizer(rule, layout);
    gradients.subList(0, 5).forEach(g -> first.step(interrupted, g, StepRates.of(RATE)));
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    first.write(new StateWriter(saved));
    Optimizer second = new Optimizer(rule, layout);
    second.read(new StateReader(new ByteArrayInputStream(saved.toByteArray()), "test"));
    gradients.subList(5, 12).forEach(g -> second.step(interrupted, g, StepRates.of(RATE)));

    assertThat(interrupted.hash()).isEqualTo(undisturbed.hash());
    assertThat(second.steps()).isEqualTo(whole.steps());
    assertThat(second.moments().get(0).hash()).isEqualTo(whole.moments().get(0).hash());
  }

  @ParameterizedTest
  @MethodSource("rules")
  void aParameterMovesAlikeAloneAndAmongOthers(UpdateRule rule) {
    ParameterLayout layout = RandomBuffers.layout();
    ParameterLayout alone = new ParameterLayout(layout.parameters().subList(1, 2));
    ParameterBuffer weights = RandomBuffers.of(layout, new Random(5));
    ParameterBuffer only = new ParameterBuffer(alone);
    only.slice(0).put(weights.slice(1));
    Optimizer optimizer = new Optimizer(rule, layout);
    Optimizer other = new Optimizer(rule, alone);
    Random random = new Random(6);
    for (int step = 0; step < 3; step++) {
      ParameterBuffer gradients = RandomBuffers.of(layout, random);
      ParameterBuffer gradient = new ParameterBuffer(alone);
      gradient.slice(0).put(gradients.slice(1));
      optimizer.step(weights, gradients, StepRates.of(RATE));
      other.step(only, gradient, StepRates.of(RATE));
    }
    assertThat(weights.slice(1)).isEqualTo(only.slice(0));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void noGradientAndNoDecayMeansNoChange(UpdateRule rule) {
    ParameterLayout layout = new ParameterLayout(List.of(exempt("w", 70)));
    ParameterBuffer weights = RandomBuffers.of(layout, new Random(7));
    ParameterBuffer before = weights.copy();
    new Optimizer(rule, layout).step(weights, new ParameterBuffer(layout), StepRates.of(RATE));
    assertThat(weights.hash()).isEqualTo(before.hash());
  }

  @ParameterizedTest
  @MethodSource("rules")
  void findsTheMinimumOfABowl(UpdateRule rule) {
    ParameterLayout layout = new ParameterLayout(List.of(exempt("w", 40)));
    ParameterBuffer weights = RandomBuffers.of(layout, new Random(8));
    ParameterBuffer gradients = new ParameterBuffer(layout);
    Optimizer optimizer = new Optimizer(rule, layout);
    Schedule schedule = new WarmUpCosine(0.05, 0, 10, 600);
    for (int step = 0; step < 600; step++) {
      gradients.set(weights);
      optimizer.step(weights, gradients, schedule.at(step));
    }
    assertThat(GradientNorm.of(weights)).isLessThan(1e-2);
  }

  @Test
  void paddingStaysZero() {
    ParameterLayout layout = RandomBuffers.layout();
    ParameterBuffer weights = RandomBuffers.of(layout, new Random(9));
    Optimizer optimizer = new Optimizer(new Adam(USUAL), layout);
    optimizer.step(weights, RandomBuffers.of(layout, new Random(10)), StepRates.of(RATE));
    double all = 0;
    for (int i = 0; i < layout.length(); i++) {
      all += Math.abs(weights.values().get(i));
    }
    double counted =
        PytorchReference.values(weights).stream().mapToDouble(v -> Math.abs((double) v)).sum();
    assertThat(all).isEqualTo(counted);
  }

  @Test
  void stateOfAnotherRuleIsRefused() throws IOException {
    ParameterLayout layout = RandomBuffers.layout();
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    new Optimizer(Sgd.withMomentum(0.9), layout).write(new StateWriter(saved));
    Optimizer adam = new Optimizer(new Adam(USUAL), layout);
    StateReader reader =
        new StateReader(new ByteArrayInputStream(saved.toByteArray()), "checkpoint-3");
    assertThatThrownBy(() -> adam.read(reader))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the optimizer in checkpoint-3 is Sgd")
        .hasMessageContaining("must be Adam[");
  }

  @Test
  void badSettingsAreRefused() {
    assertRefused(() -> StepRates.of(0), "the learning rate is 0, must be above 0");
    assertRefused(() -> StepRates.of(-0.1), "the learning rate is -0.1, must be above 0");
    assertRefused(() -> StepRates.of(Double.NaN), "the learning rate is NaN");
    assertRefused(() -> Sgd.withMomentum(1), "momentum is 1, must be at least 0 and below 1");
    assertRefused(() -> new Sgd(0, 0, Sgd.Form.NESTEROV), "momentum is 0, must be above 0");
    assertRefused(() -> new Sgd(0.9, 0.1, Sgd.Form.NESTEROV), "dampening is 0.1, must be 0");
    assertRefused(() -> new Moments(1, 0.9, 1e-8), "beta1 is 1");
    assertRefused(() -> new Moments(0.9, 1.5, 1e-8), "beta2 is 1.5");
    assertRefused(() -> new Moments(0.9, 0.9, 0), "epsilon is 0");
    assertRefused(() -> WeightDecay.of(-1), "weight decay of group decayed is -1");
    assertRefused(
        () -> new StepRates(0.1, OptionalDouble.of(1)), "the scheduled momentum is 1, must be");
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(UserError.class).hasMessageContaining(message);
  }

  private static void assertClose(ParameterBuffer actual, ParameterBuffer expected) {
    List<Float> values = PytorchReference.values(actual);
    List<Float> references = PytorchReference.values(expected);
    for (int i = 0; i < values.size(); i++) {
      assertThat((double) values.get(i)).isCloseTo(references.get(i), within(TOLERANCE));
    }
  }

  private static Parameter exempt(String name, int size) {
    return new Parameter(name, Dims.of(size), DecayGroup.EXEMPT);
  }
}
