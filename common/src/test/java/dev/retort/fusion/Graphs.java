package dev.retort.fusion;

import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Builds small models in code: inputs, constants, nodes, outputs. */
final class Graphs {
  private final List<ValueInfo> inputs = new ArrayList<>();
  private final List<ValueInfo> outputs = new ArrayList<>();
  private final Map<String, Tensor> constants = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();

  /** An input of fixed size; a size of -1 is symbolic. */
  Graphs input(String name, ElementType type, long... dims) {
    Dim[] shape =
        IntStream.range(0, dims.length)
            .mapToObj(i -> dims[i] < 0 ? Dim.of("N" + i) : Dim.of(dims[i]))
            .toArray(Dim[]::new);
    inputs.add(ValueInfo.of(name, ValueType.OfTensor.of(type, shape)));
    return this;
  }

  Graphs input(String name, long... dims) {
    return input(name, ElementType.FLOAT32, dims);
  }

  Graphs inputOfUnknownShape(String name) {
    inputs.add(ValueInfo.of(name, ValueType.OfTensor.ofUnknownShape(ElementType.FLOAT32)));
    return this;
  }

  Graphs constant(String name, Tensor value) {
    constants.put(name, value);
    return this;
  }

  /** A vector. */
  Graphs constant(String name, float... values) {
    return constant(name, Tensor.ofFloats(Dims.of(values.length), values));
  }

  /** A vector of indices, axes or sizes. */
  Graphs longs(String name, long... values) {
    return constant(name, Tensor.ofLongs(Dims.of(values.length), values));
  }

  Graphs node(String opType, String inputs, String outputs, Object... attributes) {
    Map<String, Attribute> map = new LinkedHashMap<>();
    for (int i = 0; i < attributes.length; i += 2) {
      map.put((String) attributes[i], (Attribute) attributes[i + 1]);
    }
    List<String> results = names(outputs);
    return node(Node.of(results.get(0), opType, names(inputs), results, map));
  }

  Graphs node(Node node) {
    nodes.add(node);
    return this;
  }

  /** An output of a type and shape that the file does not state. */
  Graphs output(String name, ElementType type) {
    outputs.add(ValueInfo.of(name, ValueType.OfTensor.ofUnknownShape(type)));
    return this;
  }

  Graphs output(String name) {
    return output(name, ElementType.FLOAT32);
  }

  Model model() {
    return Model.of(Graph.of("g", nodes, constants, inputs, outputs));
  }

  /** Splits at commas; an empty part is an omitted input or output. */
  private static List<String> names(String list) {
    return list.isEmpty()
        ? List.of()
        : Arrays.stream(list.split(",", -1)).map(String::strip).toList();
  }
}
