package dev.retort.quantization;

import dev.retort.graph.GraphEditor;
import dev.retort.graph.Node;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;

/**
 * The constants of a Conv or Gemm, output channels first: weights {@code [O, I / groups, ...]},
 * bias {@code [O]} or none.
 */
final class LayerWeights {
  private final Node node;
  private final Dims dims;
  private final float[] values;
  private final Optional<float[]> bias;
  private final int groups;

  private LayerWeights(Node node, Dims dims, float[] values, Optional<float[]> bias, int groups) {
    this.node = node;
    this.dims = dims;
    this.values = values;
    this.bias = bias;
    this.groups = groups;
  }

  /** Why {@code node} cannot be a quantized layer; empty if it can. */
  static Optional<String> refusal(Node node, GraphEditor graph) {
    Optional<Tensor> weights = graph.constant(node.input(1));
    if (weights.isEmpty() || weights.get().type() != ElementType.FLOAT32) {
      return Optional.of("its weights are no float32 constant");
    }
    if (graph.constant(node.input(0)).isPresent()) {
      return Optional.of("its input is a constant");
    }
    if (node.hasInput(2) && !isBias(graph.constant(node.input(2)), outputs(node, weights.get()))) {
      return Optional.of("its bias is no float32 constant with one value an output channel");
    }
    boolean plain =
        node.floatAttribute("alpha", 1) == 1
            && (node.floatAttribute("beta", 1) == 1 || !node.hasInput(2))
            && node.intAttribute("transA", 0) == 0;
    return node.is("Gemm") && !plain
        ? Optional.of("alpha, beta or transA is not the default")
        : Optional.empty();
  }

  /** The constants of a node that {@link #refusal} let pass. */
  static LayerWeights of(Node node, GraphEditor graph) {
    Tensor weights = graph.constant(node.input(1)).orElseThrow();
    Optional<float[]> bias =
        node.hasInput(2) ? graph.constant(node.input(2)).map(Tensor::toFloats) : Optional.empty();
    float[] values = weights.toFloats();
    if (node.is("Gemm") && node.intAttribute("transB", 0) == 0) {
      int inputs = (int) weights.dims().size(0);
      int outputs = (int) weights.dims().size(1);
      return new LayerWeights(
          node, Dims.of(outputs, inputs), transposed(values, inputs, outputs), bias, 1);
    }
    int groups = (int) node.intAttribute("group", 1);
    return new LayerWeights(node, weights.dims(), values, bias, groups);
  }

  Node node() {
    return node;
  }

  Dims dims() {
    return dims;
  }

  int groups() {
    return groups;
  }

  int outputChannels() {
    return (int) dims.size(0);
  }

  /** Weights of one output channel. */
  int channelSize() {
    return values.length / Math.max(outputChannels(), 1);
  }

  /** Input channels of one group. */
  int groupChannels() {
    return (int) dims.size(1);
  }

  /** The weights of an output channel. */
  float[] channel(int output) {
    return Arrays.copyOfRange(values, output * channelSize(), (output + 1) * channelSize());
  }

  float bias(int output) {
    return bias.map(values -> values[output]).orElse(0f);
  }

  private static long outputs(Node node, Tensor weights) {
    boolean last = node.is("Gemm") && node.intAttribute("transB", 0) == 0;
    return weights.dims().size(last ? 1 : 0);
  }

  private static boolean isBias(Optional<Tensor> bias, long outputs) {
    return bias.isPresent()
        && bias.get().type() == ElementType.FLOAT32
        && bias.get().elementCount() == outputs
        && bias.get().dims().size(-1) == outputs;
  }

  private static float[] transposed(float[] values, int rows, int columns) {
    float[] result = new float[values.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        result[column * rows + row] = values[row * columns + column];
      }
    }
    return result;
  }
}
