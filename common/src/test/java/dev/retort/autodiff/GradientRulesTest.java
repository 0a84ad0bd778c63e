package dev.retort.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.provenance.Seed;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule against finite differences, on a few of the random cases of the proof. */
class GradientRulesTest {
  static final int CASES = Integer.getInteger("retort.cases", 5);

  static Stream<Family> families() {
    return Families.ALL.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("families")
  void aRuleAgreesWithFiniteDifferences(Family family) {
    assertThat(Families.worstError(family, CASES)).isLessThan(family.tolerance());
  }
}
