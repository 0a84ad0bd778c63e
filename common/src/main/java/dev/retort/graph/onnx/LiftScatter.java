package dev.retort.graph.onnx;

import dev.retort.graph.Node;
import java.util.List;

/** Scatter, which opset 11 called ScatterElements. */
final class LiftScatter implements Lift {
  @Override
  public List<Node> lift(Node node, LiftContext context) {
    return List.of(node.withOpType("ScatterElements"));
  }
}
