package dev.retort.fusion;

import dev.retort.graph.Attribute;
import dev.retort.graph.GraphEditor;
import dev.retort.graph.Node;
import dev.retort.graph.rewrite.Outcome;
import dev.retort.graph.rewrite.RewriteContext;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * A Conv, ConvTranspose or Gemm with constant weights, seen as {@code y[o] = sum_k w[o, k] * x[k] +
 * b[o]}: the one place that knows where in the weights the output channel lies.
 *
 * <p>{@link #absorb} puts a per-channel affine map behind the layer into its constants: {@code w' =
 * scale * w}, {@code b' = scale * b + shift}, computed in double and rounded once to float. With
 * {@code K} products a sum and {@code u = 2^-24}, the rewritten layer differs from layer and map by
 * at most {@code 2 * gamma(K + 6) * (|scale| * (sum |w| |x| + |b|) + |shift|)}, where {@code
 * gamma(n) = n * u / (1 - n * u)} (Higham, Accuracy and Stability of Numerical Algorithms, 2002,
 * lemma 3.1 and equation 3.5), plus underflow: {@code K * 2^-149 * max |x|}. For finite inputs.
 */
final class LinearLayer {
  private static final long LARGEST_WEIGHT_BYTES = 1 << 28;

  private final Node node;
  private final Tensor weight;
  private final Optional<Tensor> bias;
  private final int channels;
  private final IntUnaryOperator channelOf;

  private LinearLayer(
      Node node, Tensor weight, Optional<Tensor> bias, int channels, IntUnaryOperator channelOf) {
    this.node = node;
    this.weight = weight;
    this.bias = bias;
    this.channels = channels;
    this.channelOf = channelOf;
  }

  /** Why {@code node} is no such layer, or why its weights must not change. */
  static Optional<String> objection(Node node, RewriteContext context) {
    String name = node.input(1);
    Optional<Tensor> weight = context.constant(name);
    if (weight.isEmpty()) {
      return Optional.of("the weight %s is not constant".formatted(name));
    }
    if (weight.get().type() != ElementType.FLOAT32) {
      return Optional.of("the weight %s is %s, must be FLOAT32".formatted(name, weight.get()));
    }
    if (weight.get().byteLength() > LARGEST_WEIGHT_BYTES) {
      return Optional.of("the weight %s has over 256 MB, too much to rewrite".formatted(name));
    }
    if (context.editor().onlyConsumer(name).isEmpty()) {
      return Optional.of("the weight %s is shared with another node".formatted(name));
    }
    Dims dims = weight.get().dims();
    long group = node.intAttribute("group", 1);
    boolean rankFits = node.is("Gemm") ? dims.rank() == 2 : dims.rank() >= 3;
    boolean groupFits = group >= 1 && dims.rank() > 0 && dims.size(0) % group == 0;
    if (!rankFits || !groupFits || weight.get().elementCount() == 0) {
      return Optional.of(
          "the weight %s is %s, which no %s has".formatted(name, dims, node.opType()));
    }
    return biasObjection(node, outputChannels(node, dims), context);
  }

  /** The view of {@code node}, to which {@link #objection} has none. */
  static LinearLayer of(Node node, RewriteContext context) {
    Tensor weight = context.constant(node.input(1)).orElseThrow();
    Dims dims = weight.dims();
    return new LinearLayer(
        node,
        weight,
        node.hasInput(2) ? context.constant(node.input(2)) : Optional.empty(),
        outputChannels(node, dims),
        channelOf(node, dims));
  }

  int channels() {
    return channels;
  }

  /** The rank of the result. */
  int rank() {
    return weight.dims().rank();
  }

  /**
   * Replaces the layer and {@code follower}, which applies {@code affine} to its result, by one
   * layer that returns what {@code follower} returned; refuses if a constant would overflow.
   */
  Outcome absorb(ChannelAffine affine, Node follower, RewriteContext context) {
    float[] newWeight = affine.scales() ? scaled(affine) : weight.toFloats();
    float[] newBias = mapped(affine);
    if (!allFinite(newWeight) || !allFinite(newBias)) {
      return Outcome.refused("the folded weights would not be finite");
    }
    GraphEditor editor = context.editor();
    editor.setConstant(node.input(1), Tensor.ofFloats(weight.dims(), newWeight));
    String biasName = store(Tensor.ofFloats(Dims.of(channels), newBias), editor);
    editor.remove(follower);
    Node folded = node.withInput(2, biasName).withOutputs(follower.outputs().subList(0, 1));
    editor.replace(node, node.is("Gemm") ? withoutBeta(folded) : folded);
    return Outcome.fired(
            "%s is folded into the weights of %s"
                .formatted(RewriteContext.label(follower), RewriteContext.label(node)))
        .with("channels", channels)
        .with("largestScale", affine.largestScale());
  }

  /** Keeps the bias's name if no other node reads it. */
  private String store(Tensor newBias, GraphEditor editor) {
    if (editor.onlyConsumer(node.input(2)).isEmpty()) {
      return editor.addConstant(biasHint(), newBias);
    }
    editor.setConstant(node.input(2), newBias);
    return node.input(2);
  }

  private float[] scaled(ChannelAffine affine) {
    float[] values = weight.toFloats();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (values[i] * affine.scale(channelOf.applyAsInt(i)));
    }
    return values;
  }

  private float[] mapped(ChannelAffine affine) {
    float[] old = bias.map(Tensor::toFloats).orElse(new float[1]);
    double beta = node.is("Gemm") ? node.floatAttribute("beta", 1) : 1;
    float[] values = new float[channels];
    for (int c = 0; c < channels; c++) {
      double b = beta * old[old.length == 1 ? 0 : c];
      values[c] = (float) (affine.scale(c) * b + affine.shift(c));
    }
    return values;
  }

  private String biasHint() {
    if (node.hasInput(2)) {
      return node.input(2);
    }
    String name = node.input(1);
    return name.endsWith("weight")
        ? name.substring(0, name.length() - "weight".length()) + "bias"
        : name + "_bias";
  }

  private static Optional<String> biasObjection(Node node, int channels, RewriteContext context) {
    if (!node.hasInput(2)) {
      return Optional.empty();
    }
    String name = node.input(2);
    Optional<Tensor> bias = context.constant(name);
    if (bias.isEmpty()) {
      return Optional.of("the bias %s is not constant".formatted(name));
    }
    Dims dims = bias.get().dims();
    boolean perChannel = dims.rank() > 0 && dims.size(-1) == channels;
    boolean fits = dims.elementCount() == 1 || (perChannel && dims.elementCount() == channels);
    return fits && bias.get().type() == ElementType.FLOAT32
        ? Optional.empty()
        : Optional.of(
            "the bias %s is %s, must be FLOAT32[%d]".formatted(name, bias.get(), channels));
  }

  private static int outputChannels(Node node, Dims weight) {
    if (node.is("Gemm")) {
      return (int) weight.size(transposed(node) ? 0 : 1);
    }
    return (int)
        (node.is("Conv") ? weight.size(0) : weight.size(1) * node.intAttribute("group", 1));
  }

  private static IntUnaryOperator channelOf(Node node, Dims weight) {
    int rows = (int) weight.size(0);
    int columns = (int) weight.size(1);
    int count = (int) weight.elementCount();
    if (node.is("Gemm")) {
      return transposed(node) ? i -> i / columns : i -> i % columns;
    }
    int rowLength = count / rows;
    if (node.is("Conv")) {
      return i -> i / rowLength;
    }
    int rowsPerGroup = rows / (int) node.intAttribute("group", 1);
    int kernel = rowLength / columns;
    return i -> i / rowLength / rowsPerGroup * columns + i % rowLength / kernel;
  }

  private static boolean transposed(Node gemm) {
    return gemm.intAttribute("transB", 0) != 0;
  }

  private static Node withoutBeta(Node gemm) {
    Map<String, Attribute> attributes = new LinkedHashMap<>(gemm.attributes());
    attributes.remove("beta");
    return gemm.withAttributes(attributes);
  }

  private static boolean allFinite(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }
}
