package dev.retort.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.UserError;
import java.util.List;
import org.junit.jupiter.api.Test;

class EarlyStoppingTest {
  @Test
  void stopsAfterPatienceEvaluationsWithoutImprovement() {
    EarlyStopping stopping = EarlyStopping.of(EarlyStopping.Goal.LOWEST, 2, 0);
    stopping = run(stopping, List.of(1.0, 0.8, 0.9));
    assertThat(stopping.isOver()).isFalse();
    assertThat(stopping.isBest()).isFalse();
    stopping = stopping.after(3, 0.8);
    assertThat(stopping.isOver()).isTrue();
    assertThat(stopping.best()).isEqualTo(new EarlyStopping.Evaluation(1, 0.8));
    assertThat(stopping.last()).isEqualTo(new EarlyStopping.Evaluation(3, 0.8));
  }

  @Test
  void smallImprovementsAreTheBestButTryPatience() {
    EarlyStopping stopping = EarlyStopping.of(EarlyStopping.Goal.HIGHEST, 3, 0.1);
    stopping = run(stopping, List.of(0.50, 0.55, 0.59, 0.599));
    assertThat(stopping.isOver()).isTrue();
    assertThat(stopping.isBest()).isTrue();
    assertThat(stopping.best().step()).isEqualTo(3);
  }

  @Test
  void slowProgressOverSeveralEvaluationsResetsPatience() {
    EarlyStopping stopping = EarlyStopping.of(EarlyStopping.Goal.HIGHEST, 3, 0.1);
    stopping = run(stopping, List.of(0.50, 0.56, 0.62, 0.63));
    assertThat(stopping.waited()).isEqualTo(1);
  }

  @Test
  void notANumberIsNeverBetter() {
    EarlyStopping stopping = EarlyStopping.of(EarlyStopping.Goal.LOWEST, 2, 0);
    stopping = run(stopping, List.of(Double.NaN));
    assertThat(stopping.isBest()).isFalse();
    stopping = run(stopping, List.of(Double.NaN));
    assertThat(stopping.isOver()).isTrue();
    assertThat(stopping.after(5, 1).isBest()).isTrue();
    assertThat(stopping.after(5, 1).isOver()).isFalse();
  }

  @Test
  void withoutPatienceItOnlyRemembers() {
    EarlyStopping stopping = EarlyStopping.never(EarlyStopping.Goal.LOWEST);
    assertThat(stopping.isBest()).isFalse();
    stopping = run(stopping, List.of(1.0, 2.0, 3.0, 4.0));
    assertThat(stopping.isOver()).isFalse();
    assertThat(stopping.best().step()).isZero();
  }

  @Test
  void badSettingsAreRefused() {
    assertThatThrownBy(() -> EarlyStopping.of(EarlyStopping.Goal.LOWEST, 0, 0))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("patience is 0, must be 1 or above");
    assertThatThrownBy(() -> EarlyStopping.of(EarlyStopping.Goal.LOWEST, 1, -1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("min-delta is -1, must be 0 or above");
  }

  private static EarlyStopping run(EarlyStopping stopping, List<Double> values) {
    EarlyStopping now = stopping;
    for (int step = 0; step < values.size(); step++) {
      now = now.after(step, values.get(step));
    }
    return now;
  }
}
