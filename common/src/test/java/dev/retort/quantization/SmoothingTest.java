package dev.retort.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.plan.Decision;
import org.junit.jupiter.api.Test;

class SmoothingTest {
  @Test
  void divisorsAreThePapersFactorsOverTheirMedianAtLeastOne() {
    // c = |x|^0.5 / |w|^0.5 = 1, 2, 4, 0.5 and 3; the median is 2.
    Smoothing smoothing =
        Smoothing.of("x", new float[] {1, 4, 64, 1, 9}, new float[] {1, 1, 4, 4, 1}, 0.5);

    assertThat(smoothing.divisors()).containsExactly(1f, 1f, 2f, 1f, 1.5f);
    assertThat(smoothing.absMax()).isEqualTo(64);
    assertThat(smoothing.smoothedAbsMax()).isEqualTo(32);
    assertThat(smoothing.isNone()).isFalse();
  }

  @Test
  void allOutliersMoveAtAlphaOne() {
    Smoothing smoothing = Smoothing.of("x", new float[] {2, 2, 20}, new float[] {0.1f, 0.3f, 5}, 1);

    assertThat(smoothing.divisors()).containsExactly(1f, 1f, 10f);
    assertThat(smoothing.smoothedAbsMax()).isEqualTo(2);
  }

  @Test
  void aChannelThatIsZeroOrThatNoWeightReadsIsNotDivided() {
    Smoothing smoothing =
        Smoothing.of("x", new float[] {0, 8, 2, 2}, new float[] {1, 0, 1, 1}, 0.8);

    assertThat(smoothing.divisors()).containsOnly(1f);
    assertThat(Smoothing.of("x", new float[2], new float[2], 0.8).divisors()).containsOnly(1f);
  }

  @Test
  void factorsAreOneWithoutDivisors() {
    assertThat(Smoothing.none("x", 3, "why").factors(3)).containsExactly(1, 1, 1);
  }

  @Test
  void theDecisionSaysWhatTheDivisionDoes() {
    Decision decision =
        Smoothing.of("x", new float[] {2, 2, 20}, new float[] {1, 1, 1}, 1).toDecision();

    assertThat(decision.action()).isEqualTo("uint8-dynamic-smoothed");
    assertThat(decision.numbers())
        .containsEntry("absMax", 20.0)
        .containsEntry("smoothedAbsMax", 2.0)
        .containsEntry("largestDivisor", 10.0)
        .containsEntry("dividedChannels", 1.0);
    assertThat(Smoothing.none("x", 3, "why").toDecision().action()).isEqualTo("uint8-dynamic");
  }
}
