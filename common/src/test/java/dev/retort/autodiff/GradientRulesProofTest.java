package dev.retort.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.tensor.ElementType;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule against finite differences, on 100 random cases. */
@Tag("proof")
class GradientRulesProofTest {
  private static final int CASES = 100;

  static Stream<Family> families() {
    return Families.ALL.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("families")
  void aRuleAgreesWithFiniteDifferences(Family family) {
    assertThat(Families.worstError(family, CASES)).isLessThan(family.tolerance());
  }

  /** Fusion keeps factors of matrix products as float32, also of float64. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("families")
  void anOptimizedSessionGivesTheSameGradients(Family family) {
    double bound = family.type() == ElementType.FLOAT64 ? 1e-6 : 1e-4;
    assertThat(Families.worstOptimizedDifference(family, CASES)).isLessThan(bound);
  }
}
