package dev.retort.autodiff;

import org.junit.jupiter.api.Tag;

/** Every rule against finite differences, on 100 random cases. */
@Tag("proof")
class GradientRulesProofTest extends GradientRulesTest {
  private static final int CASES = 100;

  @Override
  int cases() {
    return CASES;
  }

  @Override
  int optimizedCases() {
    return CASES;
  }
}
