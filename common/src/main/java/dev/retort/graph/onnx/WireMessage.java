package dev.retort.graph.onnx;

import java.util.Map;
import java.util.Optional;

/**
 * The messages of the format that hold the data of tensors somewhere inside, by their fields: the
 * way from a model to the bytes of a weight.
 */
enum WireMessage {
  /** Not a message: {@code TensorProto.raw_data}. */
  DATA,
  TENSOR,
  ATTRIBUTE,
  NODE,
  GRAPH,
  FUNCTION,
  MODEL;

  private static final Map<WireMessage, Map<Integer, WireMessage>> FIELDS =
      Map.of(
          MODEL, Map.of(7, GRAPH, 25, FUNCTION),
          FUNCTION, Map.of(7, NODE),
          GRAPH, Map.of(1, NODE, 5, TENSOR),
          NODE, Map.of(5, ATTRIBUTE),
          ATTRIBUTE, Map.of(5, TENSOR, 6, GRAPH, 10, TENSOR, 11, GRAPH),
          TENSOR, Map.of(9, DATA));

  /** What the length-delimited field {@code number} of this message is, if it may hold data. */
  Optional<WireMessage> field(int number) {
    return Optional.ofNullable(FIELDS.getOrDefault(this, Map.of()).get(number));
  }
}
