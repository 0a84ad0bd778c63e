package dev.retort.graph.shape;

import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.Opaque;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.tensor.Dims;
import dev.retort.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Compares inferred types with the tensors that ONNX Runtime computed. */
final class InferenceOracle {
  private InferenceOracle() {}

  /** {@code model} with every tensor that a node of its graph computes as an output. */
  static Model withAllOutputs(Model model) {
    Graph graph = model.graph();
    List<ValueInfo> outputs = new ArrayList<>(graph.outputs());
    Set<String> names = new LinkedHashSet<>();
    outputs.forEach(output -> names.add(output.name()));
    for (Node node : graph.nodes()) {
      for (String output : node.outputs()) {
        if (!output.isEmpty() && names.add(output)) {
          outputs.add(ValueInfo.of(output, new ValueType.Other(Opaque.NONE)));
        }
      }
    }
    return withOutputs(model, outputs, graph.valueInfos());
  }

  /** {@code model} without the types that it states for outputs and inner tensors. */
  static Model withoutStatedTypes(Model model) {
    List<ValueInfo> outputs =
        model.graph().outputs().stream()
            .map(output -> output.withType(new ValueType.Other(Opaque.NONE)))
            .toList();
    return withOutputs(model, outputs, List.of());
  }

  private static Model withOutputs(
      Model model, List<ValueInfo> outputs, List<ValueInfo> valueInfos) {
    Graph graph = model.graph();
    return model.withGraph(
        new Graph(
            graph.name(),
            graph.nodes(),
            graph.initializers(),
            graph.inputs(),
            outputs,
            valueInfos,
            graph.documentation(),
            graph.extras()));
  }

  /**
   * What is wrong of the inferred types of the {@code actual} tensors; {@code complete} counts
   * those that are known in full.
   */
  static List<String> differences(
      TensorTypes types, Map<String, Object> actual, Map<String, Long> sizes, Counter complete) {
    List<String> wrong = new ArrayList<>();
    actual.forEach(
        (name, value) -> {
          if (value instanceof Tensor tensor) {
            complete.all++;
            Optional<ValueType.OfTensor> type = types.of(name);
            Optional<Dims> dims = types.dims(name, sizes);
            boolean typeAgrees = type.isEmpty() || type.get().elementType() == tensor.type();
            boolean known = type.isPresent() && dims.isPresent();
            complete.known += known ? 1 : 0;
            if (!typeAgrees || (known ? !dims.get().equals(tensor.dims()) : !fits(type, tensor))) {
              wrong.add(name + ": inferred " + type.orElse(null) + ", is " + tensor);
            }
          }
        });
    return wrong;
  }

  private static boolean fits(Optional<ValueType.OfTensor> type, Tensor tensor) {
    Optional<List<Dim>> shape = type.flatMap(ValueType.OfTensor::shape);
    if (shape.isEmpty()) {
      return true;
    }
    boolean fits = shape.get().size() == tensor.dims().rank();
    for (int i = 0; fits && i < shape.get().size(); i++) {
      fits =
          !(shape.get().get(i) instanceof Dim.Fixed fixed) || fixed.size() == tensor.dims().size(i);
    }
    return fits;
  }

  /** How many tensors were compared, and of how many type and shape were known in full. */
  static final class Counter {
    int all;
    int known;

    int unknown() {
      return all - known;
    }

    @Override
    public String toString() {
      return known + " of " + all;
    }
  }
}
