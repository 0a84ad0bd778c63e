package dev.retort.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.UserError;
import dev.retort.tensor.Dims;
import java.util.List;
import org.junit.jupiter.api.Test;

class WeightDecayTest {
  private static final Dims MATRIX = Dims.of(4, 4);

  @Test
  void biasesAndNormalizationsDoNotDecayByDefault() {
    WeightDecay decay = WeightDecay.of(0.1);
    assertThat(decay.parameter("conv.weight", MATRIX).group().rate()).isEqualTo(0.1);
    assertThat(decay.parameter("onnx::Conv_12", Dims.of(8)).group()).isEqualTo(DecayGroup.EXEMPT);
    assertThat(decay.parameter("bn/gamma", MATRIX).group()).isEqualTo(DecayGroup.EXEMPT);
    assertThat(decay.parameter("attention.Bias", MATRIX).group()).isEqualTo(DecayGroup.EXEMPT);
    assertThat(decay.parameter("unbias", MATRIX).group().rate()).isEqualTo(0.1);
  }

  @Test
  void theFirstRuleThatFindsTheNameDecides() {
    WeightDecay decay =
        new WeightDecay(
            0.1,
            List.of(
                new WeightDecay.Rule("^embeddings", DecayGroup.EXEMPT),
                new WeightDecay.Rule("bias$", new DecayGroup("biases", 0.3)),
                new WeightDecay.Rule("b", new DecayGroup("late", 0.4))));
    assertThat(decay.parameter("embeddings.bias", MATRIX).group()).isEqualTo(DecayGroup.EXEMPT);
    assertThat(decay.parameter("head.bias", Dims.of(3)).group().rate()).isEqualTo(0.3);
    assertThat(decay.parameter("b.weight", MATRIX).group().name()).isEqualTo("late");
    assertThat(decay.parameter("head.weight", MATRIX).group().name()).isEqualTo("decayed");
  }

  @Test
  void aBrokenPatternIsRefused() {
    assertThatThrownBy(() -> new WeightDecay.Rule("(", new DecayGroup("mine", 0)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the pattern of weight decay group mine is \"(\"");
  }
}
