package dev.retort.graph.onnx;

import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Names;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.shape.TensorTypes;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a {@link Lift} knows of the graph around a node, and the constants that it adds to it. */
final class LiftContext {
  private final Graph graph;
  private final long opset;
  private final Names names;
  private final TensorTypes types;
  private final Map<String, ValueType.OfTensor> stated = new HashMap<>();
  private final Map<Tensor, String> added = new LinkedHashMap<>();
  private final Set<String> read;

  LiftContext(Graph graph, long opset, Names names, TensorTypes types) {
    this.graph = graph;
    this.opset = opset;
    this.names = names;
    this.types = types;
    Stream.of(graph.valueInfos(), graph.inputs(), graph.outputs())
        .flatMap(List::stream)
        .forEach(this::state);
    read =
        Stream.concat(
                graph.outputs().stream().map(ValueInfo::name),
                graph.nodes().stream()
                    .flatMap(
                        node ->
                            Stream.concat(
                                node.inputs().stream(),
                                node.subGraphs().stream()
                                    .flatMap(inner -> inner.capturedNames().stream()))))
            .collect(Collectors.toSet());
  }

  /** The opset that the model has. */
  long opset() {
    return opset;
  }

  /** Whether anything reads {@code tensor}. */
  boolean isRead(String tensor) {
    return read.contains(tensor);
  }

  /** The name of a constant of the value {@code value}; equal ones are shared. */
  String constant(String hint, Tensor value) {
    return added.computeIfAbsent(value, v -> names.fresh(hint));
  }

  /** A name for a new tensor. */
  String fresh(String hint) {
    return names.fresh(hint);
  }

  /** The constants that were asked for. */
  Map<String, Tensor> added() {
    Map<String, Tensor> byName = new LinkedHashMap<>();
    added.forEach((tensor, name) -> byName.put(name, tensor));
    return byName;
  }

  /** The value of {@code tensor} if it is a constant of this graph. */
  Optional<Tensor> constant(String tensor) {
    boolean given = graph.inputs().stream().anyMatch(input -> input.name().equals(tensor));
    return given ? Optional.empty() : Optional.ofNullable(graph.initializers().get(tensor));
  }

  Optional<ElementType> elementType(String tensor) {
    return type(tensor).map(ValueType.OfTensor::elementType);
  }

  Optional<List<Dim>> shape(String tensor) {
    return type(tensor).flatMap(ValueType.OfTensor::shape);
  }

  private Optional<ValueType.OfTensor> type(String tensor) {
    Optional<ValueType.OfTensor> inferred = types.of(tensor);
    return inferred.isPresent() ? inferred : Optional.ofNullable(stated.get(tensor));
  }

  private void state(ValueInfo info) {
    if (info.type() instanceof ValueType.OfTensor tensor) {
      stated.put(info.name(), tensor);
    }
  }
}
