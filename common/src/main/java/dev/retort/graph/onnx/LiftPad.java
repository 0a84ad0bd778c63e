package dev.retort.graph.onnx;

import dev.retort.graph.Attribute;
import dev.retort.graph.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Pad before opset 11: {@code pads} and the constant {@code value} were attributes. */
final class LiftPad implements Lift {
  private static final Lift PADS = LiftLists.ofAttribute("pads");

  @Override
  public List<Node> lift(Node node, LiftContext context) {
    List<Node> nodes = new ArrayList<>();
    Map<String, Attribute> kept = new LinkedHashMap<>(node.attributes());
    kept.remove("value");
    Node padded = PADS.lift(node.withAttributes(kept), context).get(0);
    float value = node.floatAttribute("value", 0);
    if (value != 0) {
      String hint = node.output(0) + "_value";
      String scalar = FloatConstants.scalar(hint, value, node.input(0), context, nodes);
      padded = padded.withInput(2, scalar);
    }
    nodes.add(padded);
    return nodes;
  }
}
