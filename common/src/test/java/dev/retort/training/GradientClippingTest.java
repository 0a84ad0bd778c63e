package dev.retort.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retort.error.UserError;
import dev.retort.provenance.Sha256;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GradientClippingTest {
  @Test
  void byNormGivesWhatPytorchGives() {
    ParameterLayout layout = PytorchReference.layout(0);
    ParameterBuffer gradients = PytorchReference.gradients(layout, 0);
    JsonNode expected = PytorchReference.part("clipped");
    double norm = GradientClipping.byNorm(0.5).apply(gradients, 1);
    // PyTorch sums in float32: a few roundings of 2^-24.
    assertThat(norm).isCloseTo(expected.get("norm").asDouble(), within(1e-6));
    List<Float> values = PytorchReference.values(gradients);
    List<Float> references =
        PytorchReference.values(PytorchReference.buffer(layout, expected.get("gradients")));
    for (int i = 0; i < values.size(); i++) {
      assertThat(values.get(i)).isCloseTo(references.get(i), within(1e-7f));
    }
  }

  @Test
  void theNormAfterwardsIsTheLimit() {
    ParameterBuffer gradients = RandomBuffers.of(RandomBuffers.layout(), new Random(1));
    double before = GradientClipping.byNorm(2).apply(gradients, 1);
    assertThat(before).isGreaterThan(60);
    assertThat(GradientNorm.of(gradients)).isCloseTo(2, within(1e-5));
  }

  @Test
  void theNormIsThatOfAllValues() {
    ParameterBuffer gradients = RandomBuffers.of(RandomBuffers.layout(), new Random(2));
    double squares =
        PytorchReference.values(gradients).stream().mapToDouble(v -> (double) v * v).sum();
    assertThat(GradientNorm.of(gradients)).isCloseTo(Math.sqrt(squares), within(1e-9));
  }

  @Test
  void smallGradientsAreLeftAlone() {
    ParameterBuffer gradients = RandomBuffers.of(RandomBuffers.layout(), new Random(3));
    Sha256 before = gradients.hash();
    double norm = GradientClipping.byNorm(1e4).apply(gradients, 1);
    assertThat(GradientClipping.byValue(100).apply(gradients, 1)).isEqualTo(norm);
    assertThat(GradientClipping.none().apply(gradients, 1)).isEqualTo(norm);
    assertThat(gradients.hash()).isEqualTo(before);
  }

  @Test
  void byValueBoundsEachValue() {
    ParameterBuffer gradients = RandomBuffers.of(RandomBuffers.layout(), new Random(4));
    List<Float> before = PytorchReference.values(gradients);
    double norm = GradientClipping.byValue(0.5).apply(gradients, 1);
    List<Float> after = PytorchReference.values(gradients);
    for (int i = 0; i < before.size(); i++) {
      float bounded =
          Math.abs(before.get(i)) > 0.5f ? Math.copySign(0.5f, before.get(i)) : before.get(i);
      assertThat(after.get(i)).isEqualTo(bounded);
    }
    assertThat(GradientNorm.of(gradients)).isLessThan(norm);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void aGradientThatIsNotFiniteIsNamed(float bad) {
    ParameterBuffer gradients = RandomBuffers.of(RandomBuffers.layout(), new Random(5));
    gradients.slice("b").putFloat(4 * 4321, bad);
    for (GradientClipping clipping :
        List.of(GradientClipping.none(), GradientClipping.byNorm(1), GradientClipping.byValue(1))) {
      assertThatThrownBy(() -> clipping.apply(gradients, 412))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("in step 412 the gradient of b is " + bad + " at value 4321");
    }
  }

  @Test
  void hugeFiniteGradientsAreNoError() {
    ParameterBuffer gradients = new ParameterBuffer(RandomBuffers.layout());
    gradients.slice("a").putFloat(0, Float.MAX_VALUE).putFloat(4, -Float.MAX_VALUE);
    assertThat(GradientClipping.byNorm(1).apply(gradients, 1)).isGreaterThan(Float.MAX_VALUE);
    assertThat(GradientNorm.of(gradients)).isCloseTo(1, within(1e-6));
  }

  @Test
  void aLimitOfZeroIsRefused() {
    assertThatThrownBy(() -> GradientClipping.byNorm(0))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the limit of gradient clipping is 0, must be above 0");
  }
}
