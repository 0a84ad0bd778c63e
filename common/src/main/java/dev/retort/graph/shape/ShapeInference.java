package dev.retort.graph.shape;

import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import java.util.Map;

/**
 * Static shape and type inference. Symbolic dimensions are kept: a batch {@code N} stays {@code N}
 * through convolutions, and sizes computed from symbols are polynomials such as {@code 2*N} or
 * {@code floor((H + 1)/2)}. The values of small integer tensors are followed too, so that shapes
 * computed by {@code Shape}, {@code Gather} and {@code Concat} resolve.
 *
 * <p>An unnamed dimension of an input gets the name {@code input.axis}. What is not known is
 * unknown, never guessed; where inference ends, the types that the model states are believed, as
 * ONNX Runtime does. Errors in the model make outputs unknown; {@link ModelCheck} reports them.
 */
public final class ShapeInference {
  private ShapeInference() {}

  /** The types of the tensors of the model's top-level graph. */
  public static TensorTypes infer(Model model) {
    return infer(model, Map.of());
  }

  /**
   * As {@link #infer(Model)}, believing of what the model states its inputs only: shapes that
   * exporters state for inner tensors are often those of one sample input, and a rewrite that
   * believed them would make them true for all.
   */
  public static TensorTypes inferFromInputs(Model model) {
    Graph graph = model.graph();
    return infer(
        model.withGraph(
            Graph.of(
                graph.name(),
                graph.nodes(),
                graph.initializers(),
                graph.inputs(),
                graph.outputs().stream().map(ShapeInference::withoutShape).toList())));
  }

  private static ValueInfo withoutShape(ValueInfo info) {
    return info.type() instanceof ValueType.OfTensor tensor
        ? info.withType(ValueType.OfTensor.ofUnknownShape(tensor.elementType()))
        : info;
  }

  /** As {@link #infer(Model)}, where the symbols of the inputs have the given sizes. */
  public static TensorTypes infer(Model model, Map<String, Long> sizes) {
    return new TensorTypes(Inference.believing(model, sizes).run());
  }
}
