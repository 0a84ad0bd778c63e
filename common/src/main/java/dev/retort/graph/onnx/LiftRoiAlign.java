package dev.retort.graph.onnx;

import dev.retort.graph.Attribute;
import dev.retort.graph.Node;
import java.util.List;

/** RoiAlign before opset 16 shifted no coordinate by half a pixel; now it does by default. */
final class LiftRoiAlign implements Lift {
  @Override
  public List<Node> lift(Node node, LiftContext context) {
    return List.of(
        node.withAttribute("coordinate_transformation_mode", Attribute.of("output_half_pixel")));
  }
}
