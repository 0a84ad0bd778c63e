package dev.retort.graph.onnx;

import dev.retort.graph.Attribute;
import dev.retort.graph.Node;
import dev.retort.tensor.Dims;
import dev.retort.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns lists of integers from attributes into inputs: {@code Squeeze(x) {axes=[1]}} becomes {@code
 * Squeeze(x, axes)}. A list that is not given becomes an omitted input; both mean the same default.
 */
record LiftLists(List<String> attributes) implements Lift {

  static LiftLists ofAttribute(String attribute) {
    return new LiftLists(List.of(attribute));
  }

  /** The attributes become inputs 1, 2 and so on, in this order. */
  static LiftLists ofAttributes(String... attributes) {
    return new LiftLists(List.of(attributes));
  }

  @Override
  public List<Node> lift(Node node, LiftContext context) {
    List<String> inputs = new ArrayList<>(List.of(node.input(0)));
    Map<String, Attribute> kept = new LinkedHashMap<>(node.attributes());
    for (String attribute : attributes) {
      inputs.add(input(node, kept.remove(attribute), attribute, context));
    }
    while (inputs.get(inputs.size() - 1).isEmpty()) {
      inputs.remove(inputs.size() - 1);
    }
    return List.of(node.withInputs(inputs).withAttributes(kept));
  }

  private static String input(Node node, Attribute value, String attribute, LiftContext context) {
    if (value == null) {
      return "";
    }
    if (!(value instanceof Attribute.Ints ints)) {
      throw new NotLiftable("attribute '" + attribute + "' is no list of integers");
    }
    long[] longs = ints.values().stream().mapToLong(Long::longValue).toArray();
    return context.constant(
        node.output(0) + "_" + attribute, Tensor.ofLongs(Dims.of(longs.length), longs));
  }
}
