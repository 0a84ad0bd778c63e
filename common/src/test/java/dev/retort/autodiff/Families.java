package dev.retort.autodiff;

import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.Stream;

/** All random cases of all rules. */
final class Families {
  static final List<Family> ALL =
      Stream.of(ElementwiseCases.all(), LinearCases.all(), ShapeCases.all(), LayerCases.all())
          .flatMap(List::stream)
          .toList();

  private Families() {}

  /** The worst relative error of the first {@code cases} cases of {@code family}. */
  static double worstError(Family family, int cases) {
    return worst(
        family, cases, (built, outputs) -> GradientCheck.worstError(built, outputs, family.step()));
  }

  /** The worst that optimisations do to the first {@code cases} cases of {@code family}. */
  static double worstOptimizedDifference(Family family, int cases) {
    return worst(family, cases, GradientCheck::optimizedDifference);
  }

  private static double worst(
      Family family, int cases, ToDoubleBiFunction<Case, List<String>> error) {
    double worst = 0;
    for (int i = 0; i < cases; i++) {
      Case built = new Case(new Random(family.name().hashCode() * 31L + i), family.type());
      List<String> outputs = family.build().apply(built);
      try {
        worst = Math.max(worst, error.applyAsDouble(built, outputs));
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(
            "case %d of %s: %s; %s %s"
                .formatted(
                    i,
                    family.name(),
                    e.getMessage(),
                    built.nodes().stream().map(n -> n + " " + n.attributes()).toList(),
                    built.values()),
            e);
      }
    }
    return worst;
  }
}
