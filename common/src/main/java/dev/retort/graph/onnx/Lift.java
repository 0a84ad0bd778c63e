package dev.retort.graph.onnx;

import dev.retort.graph.Node;
import java.util.List;

/** How one operator is written in the newer opset. */
@FunctionalInterface
interface Lift {
  /**
   * The nodes that compute the outputs of {@code node} in the newer opset.
   *
   * @throws NotLiftable if there are none
   */
  List<Node> lift(Node node, LiftContext context);
}
