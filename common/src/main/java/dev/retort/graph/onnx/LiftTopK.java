package dev.retort.graph.onnx;

import dev.retort.graph.Attribute;
import dev.retort.graph.Node;
import dev.retort.tensor.Dims;
import dev.retort.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** TopK before opset 10: {@code k} was an attribute. */
final class LiftTopK implements Lift {
  @Override
  public List<Node> lift(Node node, LiftContext context) {
    Map<String, Attribute> kept = new LinkedHashMap<>(node.attributes());
    if (!(kept.remove("k") instanceof Attribute.Int k)) {
      throw new NotLiftable("attribute 'k' is missing, must be an integer");
    }
    Tensor value = Tensor.ofLongs(Dims.of(1), k.value());
    String constant = context.constant(node.output(0) + "_k", value);
    return List.of(node.withInput(1, constant).withAttributes(kept));
  }
}
