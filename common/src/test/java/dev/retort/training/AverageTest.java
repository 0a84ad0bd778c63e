package dev.retort.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retort.error.UserError;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Averages over workers and over steps. */
class AverageTest {
  private static final ParameterLayout LAYOUT = RandomBuffers.layout();

  @Test
  void workersCountByTheirExamples() {
    List<ParameterBuffer> workers = workers();
    ParameterBuffer average = new ParameterBuffer(LAYOUT);
    ParameterAverage.into(average, workers, List.of(128L, 64L, 32L));
    for (int i = 0; i < LAYOUT.length(); i++) {
      double expected =
          (128.0 * workers.get(0).values().get(i)
                  + 64.0 * workers.get(1).values().get(i)
                  + 32.0 * workers.get(2).values().get(i))
              / 224;
      assertThat(average.values().get(i)).isEqualTo((float) expected);
    }
  }

  @Test
  void aWorkerWithoutExamplesHasNoPart() {
    List<ParameterBuffer> workers = workers();
    workers.get(2).slice(0).putFloat(0, Float.NaN);
    ParameterBuffer average = new ParameterBuffer(LAYOUT);
    ParameterAverage.into(average, workers, List.of(0L, 5L, 0L));
    assertThat(average.hash()).isEqualTo(workers.get(1).hash());
  }

  @Test
  void theTargetMayBeOneOfTheWorkers() {
    List<ParameterBuffer> workers = workers();
    ParameterBuffer average = new ParameterBuffer(LAYOUT);
    ParameterAverage.into(average, workers, List.of(3L, 2L, 1L));
    ParameterAverage.into(workers.get(1), workers, List.of(3L, 2L, 1L));
    assertThat(workers.get(1).hash()).isEqualTo(average.hash());
  }

  @Test
  void equalWorkersAverageToThemselves() {
    ParameterBuffer one = RandomBuffers.of(LAYOUT, new Random(9));
    ParameterBuffer average = new ParameterBuffer(LAYOUT);
    ParameterAverage.into(average, List.of(one, one.copy(), one.copy()), List.of(7L, 5L, 11L));
    assertThat(average.hash()).isEqualTo(one.hash());
  }

  @Test
  void noExamplesAtAllAreRefused() {
    assertThatThrownBy(
            () ->
                ParameterAverage.into(new ParameterBuffer(LAYOUT), workers(), List.of(0L, 0L, 0L)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theMovingAverageIsThatOfPytorch() {
    ParameterLayout layout = PytorchReference.layout(0);
    JsonNode expected = PytorchReference.part("weight-average");
    WeightAverage average = new WeightAverage(0.95, layout);
    average.update(PytorchReference.start(layout));
    for (int step = 0; step < 20; step++) {
      average.update(PytorchReference.gradients(layout, step));
    }
    List<Float> values = PytorchReference.values(average.average());
    List<Float> references = PytorchReference.values(PytorchReference.buffer(layout, expected));
    for (int i = 0; i < values.size(); i++) {
      assertThat(values.get(i)).isCloseTo(references.get(i), within(1e-6f));
    }
    assertThat(average.updates()).isEqualTo(21);
  }

  @Test
  void aDecayOfOneIsRefused() {
    assertThatThrownBy(() -> new WeightAverage(1, LAYOUT))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the decay of the weight average is 1, must be at least 0 and below");
  }

  private static List<ParameterBuffer> workers() {
    return List.of(
        RandomBuffers.of(LAYOUT, new Random(1)),
        RandomBuffers.of(LAYOUT, new Random(2)),
        RandomBuffers.of(LAYOUT, new Random(3)));
  }
}
