package dev.retort.graph.shape;

import java.util.List;

/** How the outputs of one operator follow from its inputs. */
@FunctionalInterface
interface ShapeRule {
  /**
   * What is known of the node's outputs, in order; outputs that the list leaves out are unknown.
   *
   * @throws Malformed if the node breaks the operator's definition
   * @throws ArithmeticException if a size leaves 64 bits
   */
  List<TensorFact> infer(NodeScope scope);
}
