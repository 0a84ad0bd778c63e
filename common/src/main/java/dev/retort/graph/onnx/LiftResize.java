package dev.retort.graph.onnx;

import dev.retort.graph.Attribute;
import dev.retort.graph.Node;
import dev.retort.tensor.Tensor;
import java.util.List;

/**
 * Resize of opset 10: output position p reads input position p / scale. ONNX Runtime rounds it in
 * mode {@code nearest} down where the scale is 1 or more, and up where it is less.
 */
final class LiftResize implements Lift {
  @Override
  public List<Node> lift(Node node, LiftContext context) {
    String mode = node.textAttribute("mode", "nearest");
    Node resized =
        node.withInputs(List.of(node.input(0), "", node.input(1)))
            .withAttribute("coordinate_transformation_mode", Attribute.of("asymmetric"));
    return List.of(
        mode.equals("nearest")
            ? resized.withAttribute("nearest_mode", Attribute.of(rounding(node, context)))
            : resized);
  }

  private static String rounding(Node node, LiftContext context) {
    Tensor scales =
        context
            .constant(node.input(1))
            .orElseThrow(() -> new NotLiftable("its scales are computed, must be constant"));
    boolean up = false;
    boolean down = false;
    for (float scale : scales.toFloats()) {
      up |= scale > 1;
      down |= scale < 1;
    }
    if (up && down) {
      throw new NotLiftable("it scales one axis up and one down, must do one of them");
    }
    return down ? "ceil" : "floor";
  }
}
