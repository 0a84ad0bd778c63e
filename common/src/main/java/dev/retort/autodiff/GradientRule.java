package dev.retort.autodiff;

/** The gradient of one operator: what the gradients of its outputs contribute to its inputs. */
@FunctionalInterface
interface GradientRule {
  /**
   * Emits the nodes for all inputs of {@code node} that need a gradient, and gives their results.
   *
   * <p>A contribution has the shape and, for floating-point inputs, the type of the input.
   *
   * @throws NoGradient if there is no gradient for the node's form; what was emitted is discarded
   */
  void differentiate(NodeGradient node);
}
