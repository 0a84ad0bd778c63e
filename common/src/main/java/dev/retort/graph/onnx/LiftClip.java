package dev.retort.graph.onnx;

import dev.retort.graph.Attribute;
import dev.retort.graph.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Clip before opset 11: the bounds {@code min} and {@code max} were attributes. One that is not
 * given was the lowest or highest finite number and is none now, so that an infinity stays one.
 */
final class LiftClip implements Lift {
  @Override
  public List<Node> lift(Node node, LiftContext context) {
    List<Node> nodes = new ArrayList<>();
    Map<String, Attribute> kept = new LinkedHashMap<>(node.attributes());
    String min = bound(node, "min", kept.remove("min"), context, nodes);
    String max = bound(node, "max", kept.remove("max"), context, nodes);
    List<String> inputs = new ArrayList<>(List.of(node.input(0), min, max));
    while (inputs.get(inputs.size() - 1).isEmpty()) {
      inputs.remove(inputs.size() - 1);
    }
    nodes.add(node.withInputs(inputs).withAttributes(kept));
    return nodes;
  }

  private static String bound(
      Node node, String name, Attribute value, LiftContext context, List<Node> nodes) {
    String hint = node.output(0) + "_" + name;
    return value instanceof Attribute.Real real
        ? FloatConstants.scalar(hint, real.value(), node.input(0), context, nodes)
        : "";
  }
}
