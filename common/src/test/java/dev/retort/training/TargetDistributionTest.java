package dev.retort.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retort.error.UserError;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetDistributionTest {
  @Test
  void crossEntropyAgainstItIsPytorchsSmoothedOne() {
    JsonNode reference = PytorchReference.part("smoothed");
    List<Float> logits = PytorchReference.floats(reference.get("logits"));
    TargetDistribution targets = new TargetDistribution(5, 0.1);
    FloatBuffer rows = FloatBuffer.allocate(15);
    for (int row = 0; row < 3; row++) {
      targets.put(reference.get("labels").get(row).asInt(), rows, row);
      double sum = 0;
      for (int k = 0; k < 5; k++) {
        sum += Math.exp(logits.get(5 * row + k));
      }
      double loss = 0;
      for (int k = 0; k < 5; k++) {
        loss -= rows.get(5 * row + k) * (logits.get(5 * row + k) - Math.log(sum));
      }
      assertThat(loss).isCloseTo(reference.get("losses").get(row).asDouble(), within(1e-6));
    }
  }

  @Test
  void withoutSmoothingItIsOneHot() {
    FloatBuffer row = FloatBuffer.allocate(3);
    new TargetDistribution(3, 0).put(1, row, 0);
    assertThat(row.array()).containsExactly(0, 1, 0);
  }

  @Test
  void mixedLabelsShareTheMass() {
    FloatBuffer rows = FloatBuffer.allocate(8);
    new TargetDistribution(4, 0).putMixed(0, 2, 0.75, rows, 0);
    new TargetDistribution(4, 0.2).putMixed(3, 3, 0.4, rows, 1);
    assertThat(rows.array())
        .containsExactly(
            new float[] {0.75f, 0, 0.25f, 0, 0.05f, 0.05f, 0.05f, 0.85f}, within(1e-7f));
  }

  @Test
  void badSettingsAndLabelsAreRefused() {
    assertThatThrownBy(() -> new TargetDistribution(10, 1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("label smoothing is 1, must be at least 0 and below 1");
    assertThatThrownBy(() -> new TargetDistribution(10, 0).put(10, FloatBuffer.allocate(10), 0))
        .hasMessageContaining("class 10 of 10");
  }
}
