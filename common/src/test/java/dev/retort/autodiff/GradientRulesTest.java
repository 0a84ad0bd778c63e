package dev.retort.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.tensor.ElementType;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule against finite differences, on 25 random cases; the proof takes more. */
class GradientRulesTest {
  /** Random cases of each family. */
  int cases() {
    return 25;
  }

  /** Of these, those that an optimized session runs too. */
  int optimizedCases() {
    return 3;
  }

  static Stream<Family> families() {
    return Families.ALL.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("families")
  void aRuleAgreesWithFiniteDifferences(Family family) {
    assertThat(Families.worstError(family, cases())).isLessThan(family.tolerance());
  }

  /** Fusion keeps factors of matrix products as float32, also of float64. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("families")
  void anOptimizedSessionGivesTheSameGradients(Family family) {
    double bound = family.type() == ElementType.FLOAT64 ? 1e-6 : 1e-4;
    assertThat(Families.worstOptimizedDifference(family, optimizedCases())).isLessThan(bound);
  }
}
