package dev.retort.graph.shape;

import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.Opaque;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Small models for tests: nodes in a chain from input {@code x} to the last node's output. */
final class Models {
  private Models() {}

  static ValueInfo floats(String name, Dim... dims) {
    return ValueInfo.of(name, ValueType.OfTensor.of(ElementType.FLOAT32, dims));
  }

  static ValueInfo untyped(String name) {
    return ValueInfo.of(name, new ValueType.Other(Opaque.NONE));
  }

  /** A model with float input {@code x}; its output is the first output of the last node. */
  static Model of(List<Dim> inputDims, Map<String, Tensor> constants, Node... nodes) {
    String output = nodes[nodes.length - 1].output(0);
    return Model.of(
        Graph.of(
            "test",
            List.of(nodes),
            new LinkedHashMap<>(constants),
            List.of(floats("x", inputDims.toArray(Dim[]::new))),
            List.of(untyped(output))));
  }

  /** The node {@code op(inputs) -> output} with attributes given as names and values in turn. */
  static Node node(String op, List<String> inputs, String output, Object... attributes) {
    Map<String, Attribute> map = new LinkedHashMap<>();
    for (int i = 0; i < attributes.length; i += 2) {
      map.put((String) attributes[i], (Attribute) attributes[i + 1]);
    }
    return Node.of(output + "-node", op, inputs, List.of(output), map);
  }

  static List<Dim> image() {
    return List.of(Dim.of("N"), Dim.of(3), Dim.of(8), Dim.of(8));
  }

  static Tensor zeros(long... dims) {
    Dims shape = Dims.of(dims);
    return Tensor.ofFloats(shape, new float[Math.toIntExact(shape.elementCount())]);
  }

  static Tensor longs(long... values) {
    return Tensor.ofLongs(Dims.of(values.length), values);
  }
}
