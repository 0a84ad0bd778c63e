package dev.retort.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule against finite differences, on 250 random cases. */
@Tag("proof")
class GradientRulesProofTest {
  private static final int CASES = 250;

  static Stream<Family> families() {
    return Families.ALL.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("families")
  void aRuleAgreesWithFiniteDifferences(Family family) {
    assertThat(Families.worstError(family, CASES)).isLessThan(family.tolerance());
  }
}
