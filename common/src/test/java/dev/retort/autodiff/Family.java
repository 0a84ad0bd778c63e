package dev.retort.autodiff;

import dev.retort.tensor.ElementType;
import java.util.List;
import java.util.function.Function;

/**
 * Random cases of one rule.
 *
 * @param name the rule, and the form of it
 * @param type the type that ONNX Runtime computes in: FLOAT64 where it has a kernel
 * @param step of the finite differences; 0.5 and above for functions that are linear in each input
 * @param tolerance of the relative error
 * @param build makes a graph and returns its outputs
 */
record Family(
    String name,
    ElementType type,
    double step,
    double tolerance,
    Function<Case, List<String>> build) {

  @Override
  public String toString() {
    return name;
  }

  /** In float64: truncation is about 1e-12, rounding 1e-13. */
  static Family wide(String name, Function<Case, String> build) {
    return new Family(name, ElementType.FLOAT64, 1e-3, 1e-8, built -> List.of(build.apply(built)));
  }

  /** As {@link #wide}, of several outputs. */
  static Family wideOutputs(String name, Function<Case, List<String>> build) {
    return new Family(name, ElementType.FLOAT64, 1e-3, 1e-8, build);
  }

  /**
   * In float32, a smooth function: rounding is 6e-8 of the outputs over the step, truncation the
   * step's fourth power.
   */
  static Family smooth(String name, Function<Case, String> build) {
    return new Family(name, ElementType.FLOAT32, 0.03, 1e-3, built -> List.of(build.apply(built)));
  }

  /** In float32, linear in each input: any step is exact but for rounding. */
  static Family linear(String name, Function<Case, String> build) {
    return new Family(name, ElementType.FLOAT32, 1, 1e-4, built -> List.of(build.apply(built)));
  }
}
