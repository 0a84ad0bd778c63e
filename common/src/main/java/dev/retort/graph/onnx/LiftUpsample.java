package dev.retort.graph.onnx;

import dev.retort.graph.Attribute;
import dev.retort.graph.Node;
import dev.retort.tensor.Dims;
import dev.retort.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Upsample, which Resize took the place of: output position p reads input position p / scale,
 * rounded down in mode {@code nearest}. Before opset 9 the scales were an attribute.
 */
final class LiftUpsample implements Lift {
  @Override
  public List<Node> lift(Node node, LiftContext context) {
    String mode = node.textAttribute("mode", "nearest");
    if (!mode.equals("nearest") && !mode.equals("linear")) {
      throw new NotLiftable("attribute 'mode' is %s, must be nearest or linear".formatted(mode));
    }
    Map<String, Attribute> attributes = new LinkedHashMap<>(node.attributes());
    Attribute scales = attributes.remove("scales");
    attributes.put("mode", Attribute.of(mode));
    attributes.put("coordinate_transformation_mode", Attribute.of("asymmetric"));
    attributes.put("nearest_mode", Attribute.of("floor"));
    List<String> inputs = List.of(node.input(0), "", scales(node, scales, context));
    return List.of(node.withOpType("Resize").withInputs(inputs).withAttributes(attributes));
  }

  private static String scales(Node node, Attribute scales, LiftContext context) {
    if (node.hasInput(1)) {
      return node.input(1);
    }
    if (!(scales instanceof Attribute.Reals reals)) {
      throw new NotLiftable("its scales are missing");
    }
    float[] values = new float[reals.values().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = reals.values().get(i);
    }
    return context.constant(
        node.output(0) + "_scales", Tensor.ofFloats(Dims.of(values.length), values));
  }
}
