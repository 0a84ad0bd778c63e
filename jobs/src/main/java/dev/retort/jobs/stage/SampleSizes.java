package dev.retort.jobs.stage;

import dev.retort.data.InputSpec;
import dev.retort.graph.Dim;
import dev.retort.graph.Model;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.tensor.Dims;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The sizes that the data gives to dimensions which a model leaves open; the batch stays open. */
final class SampleSizes {
  private SampleSizes() {}

  /** The size of each symbol of the inputs of {@code model}, with or without its prefix. */
  static Map<String, Long> of(Model model, List<InputSpec> inputs) {
    Map<String, Long> sizes = new TreeMap<>();
    for (ValueInfo value : model.graph().requiredInputs()) {
      for (InputSpec input : inputs) {
        if (input.name().equals(value.name()) && value.type() instanceof ValueType.OfTensor type) {
          add(type.shape().orElse(List.of()), input.modelDims(), sizes);
        }
      }
    }
    return sizes;
  }

  private static void add(List<Dim> shape, Dims sample, Map<String, Long> sizes) {
    for (int axis = 1; axis < shape.size() && shape.size() == sample.rank() + 1; axis++) {
      if (shape.get(axis) instanceof Dim.Symbolic symbol) {
        sizes.put(symbol.name(), sample.size(axis - 1));
      }
    }
  }
}
