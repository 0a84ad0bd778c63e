package dev.retort.graph.join;

import dev.retort.graph.Attribute;
import dev.retort.graph.Names;
import dev.retort.graph.Node;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the nodes between encoder and head, in the form of one opset. Used once. */
final class BridgeNodes {
  static final String MASK = "attention_mask";

  /** From this opset on the axes of Unsqueeze and ReduceSum are an input. */
  private static final long AXES_ARE_INPUTS = 13;

  private final Names names;
  private final long opset;
  private final ElementType type;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Tensor> constants = new LinkedHashMap<>();

  BridgeNodes(Names names, long opset, ElementType type) {
    this.names = names;
    this.opset = opset;
    this.type = type;
  }

  List<Node> nodes() {
    return nodes;
  }

  Map<String, Tensor> constants() {
    return constants;
  }

  /** Makes the nodes behind {@code hidden}; returns what the head reads. */
  String build(String hidden, Bridge bridge) {
    String pooled =
        switch (bridge.pooling()) {
          case MEAN -> mean(hidden);
          case CLS -> first(hidden);
          case NONE -> hidden;
        };
    return bridge.normalize()
        ? add(
            "LpNormalization",
            "embedding",
            List.of(pooled),
            Map.of("axis", Attribute.of(-1L), "p", Attribute.of(2L)))
        : pooled;
  }

  private String mean(String hidden) {
    String mask = add("Cast", "mask", List.of(MASK), Map.of("to", Attribute.of(type.number())));
    String mask3 = overAxis("Unsqueeze", "mask3", mask, 2, Map.of());
    String masked = add("Mul", "masked", List.of(hidden, mask3), Map.of());
    String sum = overAxis("ReduceSum", "sum", masked, 1, Map.of("keepdims", Attribute.of(0L)));
    String tokens = overAxis("ReduceSum", "tokens", mask, 1, Map.of("keepdims", Attribute.of(1L)));
    return add("Div", "mean", List.of(sum, tokens), Map.of());
  }

  private String first(String hidden) {
    String zero = constant("first", Tensor.scalar(0L));
    return add("Gather", "cls", List.of(hidden, zero), Map.of("axis", Attribute.of(1L)));
  }

  private String overAxis(
      String opType, String output, String input, long axis, Map<String, Attribute> attributes) {
    if (opset >= AXES_ARE_INPUTS) {
      String axes = constant("axis" + axis, Tensor.ofLongs(Dims.of(1), axis));
      return add(opType, output, List.of(input, axes), attributes);
    }
    Map<String, Attribute> withAxes = new LinkedHashMap<>(attributes);
    withAxes.put("axes", Attribute.ofInts(axis));
    return add(opType, output, List.of(input), withAxes);
  }

  private String constant(String name, Tensor value) {
    String free = names.fresh("pool/" + name);
    constants.put(free, value);
    return free;
  }

  private String add(
      String opType, String output, List<String> inputs, Map<String, Attribute> attributes) {
    String free = names.fresh("pool/" + output);
    nodes.add(Node.of(free, opType, inputs, List.of(free), attributes));
    return free;
  }
}
