package dev.retort.cost;

import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.OperatorSet;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.shape.ShapeInference;
import dev.retort.graph.shape.TensorTypes;
import java.util.List;
import java.util.Map;

/**
 * What a person wants to know of a model first; printing is the caller's.
 *
 * @param producer the program that wrote the file, with its version
 * @param inputs what a caller gives, with symbolic dimensions
 * @param outputs what the model returns
 * @param operators counts, parameters and MACs by operator, sorted by name
 * @param cost the totals and the nodes
 */
public record ModelSummary(
    String name,
    String producer,
    List<OperatorSet> operatorSets,
    List<Value> inputs,
    List<Value> outputs,
    List<OperatorCost> operators,
    ModelCost cost) {

  /** An input or output: its name and its type as text, such as {@code FLOAT32[N, 1, 28, 28]}. */
  public record Value(String name, String type) {}

  public ModelSummary {
    operatorSets = List.copyOf(operatorSets);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    operators = List.copyOf(operators);
  }

  /** The summary of {@code model} where only the batch is symbolic. */
  public static ModelSummary of(Model model) {
    return of(model, Map.of());
  }

  /** The summary where symbols such as the length of a sequence have the given sizes. */
  public static ModelSummary of(Model model, Map<String, Long> sizes) {
    Graph graph = model.graph();
    TensorTypes types = ShapeInference.infer(model);
    ModelCost cost = ModelCost.of(model, types, sizes);
    return new ModelSummary(
        graph.name(),
        (model.producerName() + " " + model.producerVersion()).strip(),
        model.operatorSets(),
        graph.requiredInputs().stream().map(input -> value(input, types)).toList(),
        graph.outputs().stream().map(output -> value(output, types)).toList(),
        cost.operators(),
        cost);
  }

  private static Value value(ValueInfo info, TensorTypes types) {
    String type =
        types.of(info.name()).map(ValueType.OfTensor::toString).orElse("not a tensor or unknown");
    return new Value(info.name(), type);
  }
}
