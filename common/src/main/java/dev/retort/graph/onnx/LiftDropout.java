package dev.retort.graph.onnx;

import dev.retort.graph.Attribute;
import dev.retort.graph.Node;
import dev.retort.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Dropout before opset 12: {@code ratio} was an attribute, and the mask had another type or
 * meaning, so that a mask that is read is refused.
 */
final class LiftDropout implements Lift {
  @Override
  public List<Node> lift(Node node, LiftContext context) {
    String mask = node.output(1);
    if (!mask.isEmpty() && context.isRead(mask)) {
      throw new NotLiftable("its mask '" + mask + "' is read, must not be");
    }
    Map<String, Attribute> kept = new LinkedHashMap<>(node.attributes());
    Node lifted = node.withOutputs(List.of(node.output(0)));
    if (kept.remove("ratio") instanceof Attribute.Real ratio) {
      String constant = context.constant(node.output(0) + "_ratio", Tensor.scalar(ratio.value()));
      lifted = lifted.withInput(1, constant);
    }
    return List.of(lifted.withAttributes(kept));
  }
}
