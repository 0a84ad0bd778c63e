package dev.retort.graph.onnx;

import dev.retort.graph.Attribute;
import dev.retort.graph.Node;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * BatchNormalization before opset 14: more than one output meant training, which is refused, and
 * before opset 9 {@code spatial=0} normalised each position by itself, which no newer form does.
 */
final class LiftBatchNormalization implements Lift {
  @Override
  public List<Node> lift(Node node, LiftContext context) {
    if (node.intAttribute("spatial", 1) != 1) {
      throw new NotLiftable("attribute 'spatial' is 0, must be 1");
    }
    if (node.outputs().stream().skip(1).anyMatch(output -> !output.isEmpty())) {
      throw new NotLiftable("it has outputs of training, must have one output");
    }
    Map<String, Attribute> kept = new LinkedHashMap<>(node.attributes());
    kept.remove("spatial");
    return List.of(node.withOutputs(List.of(node.output(0))).withAttributes(kept));
  }
}
