package dev.retort.graph.shape;

import dev.retort.error.UnsupportedModelError;
import dev.retort.error.UserError;
import dev.retort.graph.Node;

/** The messages with which {@link ModelCheck} refuses a model. */
final class Refusal {
  private static final String REMEDY = "; export the model again, or repair the file";

  private Refusal() {}

  /** Of a node whose {@code what} (an attribute, an input's shape) is out of range. */
  static UserError node(Node node, String what, Object value, String range) {
    return UserError.input(
        "Cannot use the model: %s of node %s is %s, must be %s%s"
            .formatted(what, described(node), value, range, REMEDY));
  }

  /** Of a part of a graph that is no node. */
  static UserError part(String what, Object value, String range) {
    return UserError.input(
        "Cannot use the model: %s is %s, must be %s%s".formatted(what, value, range, REMEDY));
  }

  /** Of an operator that neither ONNX, ONNX Runtime nor the model defines. */
  static UnsupportedModelError unknownOperator(Node node, long opset) {
    String operator =
        node.domain().isEmpty() ? node.opType() : node.domain() + "::" + node.opType();
    return new UnsupportedModelError(
        ("Cannot use the model: the operator of node '%s' is %s, must be one of ONNX (the model"
                + " uses opset %d), of com.microsoft, or a function of the model; export the model"
                + " with standard operators")
            .formatted(nameOf(node), operator, opset));
  }

  static String described(Node node) {
    return "'%s' (%s)".formatted(nameOf(node), node.opType());
  }

  private static String nameOf(Node node) {
    return node.name().isEmpty() ? node.output(0) : node.name();
  }
}
