package dev.retort.data;

import dev.retort.error.UnsupportedModelError;
import dev.retort.graph.Dim;
import dev.retort.graph.Model;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.shape.ShapeInference;
import dev.retort.graph.shape.TensorTypes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which axes of a model's tensors follow the tokens of its texts: those whose size is, by shape
 * inference, the symbol of that axis of the ids. Behind them lies padding, which is no data.
 */
public final class TokenAxes {
  private final Dim batch;
  private final Dim tokens;
  private final TensorTypes types;

  private TokenAxes(Dim batch, Dim tokens, TensorTypes types) {
    this.batch = batch;
    this.tokens = tokens;
    this.types = types;
  }

  /**
   * The axes of one sample, without the batch's, that follow the tokens, for each of {@code
   * tensors} that has any; nothing for a model that takes no token ids.
   *
   * @throws UnsupportedModelError if it is not known of a tensor
   */
  public static SortedMap<String, List<Integer>> of(Model model, Collection<String> tensors) {
    SortedMap<String, List<Integer>> axes = new TreeMap<>();
    for (ValueInfo input : model.graph().requiredInputs()) {
      if (input.name().equals(TokenInput.IDS.modelName())
          && input.type() instanceof ValueType.OfTensor type) {
        List<Dim> dims = type.shape().orElseThrow();
        TokenAxes known = new TokenAxes(dims.get(0), dims.get(1), ShapeInference.infer(model));
        tensors.forEach(tensor -> axes.put(tensor, known.axes(tensor)));
      }
    }
    axes.values().removeIf(List::isEmpty);
    return axes;
  }

  private List<Integer> axes(String tensor) {
    List<Dim> dims = types.of(tensor).flatMap(ValueType.OfTensor::shape).orElse(List.of());
    boolean known = tokens instanceof Dim.Symbolic && !dims.isEmpty() && dims.get(0).equals(batch);
    List<Integer> axes = new ArrayList<>();
    for (int axis = 1; axis < dims.size(); axis++) {
      if (dims.get(axis).equals(tokens)) {
        axes.add(axis - 1);
      } else {
        known &= dims.get(axis) instanceof Dim.Fixed;
      }
    }
    if (!known) {
      throw new UnsupportedModelError(
          "Cannot observe tensor %s on texts: its shape is %s, must be %s and then sizes or %s, so that padding can be told from tokens; export the model with a dynamic axis of tokens, or leave out the step that calibrates"
              .formatted(tensor, dims, batch, tokens));
    }
    return axes;
  }
}
