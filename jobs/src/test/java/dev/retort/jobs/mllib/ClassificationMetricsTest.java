package dev.retort.jobs.mllib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retort.jobs.SparkTest;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClassificationMetricsTest {
  /**
   * Precision and recall by hand: F1 of class 0 is 16/19, of class 1 is 12/15, of class 2 is 4/6.
   */
  private static final long[][] CONFUSION = {{8, 1, 1}, {1, 6, 0}, {0, 1, 2}};

  @Test
  void metricsAreThoseOfTheDefinition() {
    ClassificationMetrics metrics = ClassificationMetrics.of(SparkTest.context(), CONFUSION);

    assertThat(metrics.accuracy()).isCloseTo(16.0 / 20, within(1e-12));
    assertThat(metrics.classF1().get(0)).isCloseTo(16.0 / 19, within(1e-12));
    assertThat(metrics.macroF1()).isCloseTo((16.0 / 19 + 12.0 / 15 + 4.0 / 6) / 3, within(1e-12));
    assertThat(metrics.counts().get(1)).containsExactly(1L, 6L, 0L);
  }

  @Test
  void aClassWithoutSamplesHasNoWeight() {
    ClassificationMetrics metrics =
        ClassificationMetrics.of(SparkTest.context(), new long[][] {{3, 1}, {0, 0}});

    assertThat(metrics.classF1()).isEqualTo(List.of(6.0 / 7, 0.0));
    assertThat(metrics.macroF1()).isCloseTo(6.0 / 7, within(1e-12));
  }
}
