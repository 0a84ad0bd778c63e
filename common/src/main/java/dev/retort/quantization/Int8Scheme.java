package dev.retort.quantization;

import dev.retort.graph.GraphEditor;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.plan.Decision;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.Set;
import java.util.TreeSet;

/**
 * How a model is quantized to int8, chosen from its graph alone.
 *
 * @param kind static or dynamic
 * @param reason one clause for the plan
 */
public record Int8Scheme(Kind kind, String reason) {
  private static final Set<String> CONVOLUTIONS = Set.of("Conv", "ConvTranspose");
  private static final double MOST = 0.5;

  /** The two ways. */
  public enum Kind {
    /** {@link StaticInt8}: ranges of activations are fixed by calibration. */
    STATIC,
    /** {@link DynamicInt8}: each run of the model finds the ranges of its activations. */
    DYNAMIC
  }

  /**
   * Dynamic for a transformer: no convolution, a MatMul with constant weights, and most of the
   * weights in matrix products and embeddings. Static for every other model.
   */
  public static Int8Scheme of(Model model) {
    GraphEditor graph = GraphEditor.of(model);
    long convolutions = model.graph().nodes().stream().filter(Int8Scheme::isConvolution).count();
    if (convolutions > 0) {
      return new Int8Scheme(Kind.STATIC, "the model has %d convolutions".formatted(convolutions));
    }
    boolean products =
        model.graph().nodes().stream().anyMatch(n -> n.is("MatMul") && isMatrix(n.input(1), graph));
    if (!products) {
      return new Int8Scheme(Kind.STATIC, "no MatMul of the model has constant weights");
    }
    double share = (double) matrixElements(model, graph) / Math.max(1, floatElements(model));
    String reason =
        "no convolution; MatMul, Gemm and embeddings hold %.1f %% of the weights"
            .formatted(100 * share);
    return new Int8Scheme(share >= MOST ? Kind.DYNAMIC : Kind.STATIC, reason);
  }

  /** This as a line of the plan. */
  Decision toDecision() {
    return Decision.of("model", kind == Kind.STATIC ? "static-int8" : "dynamic-int8", reason);
  }

  private static boolean isConvolution(Node node) {
    return node.domain().isEmpty() && CONVOLUTIONS.contains(node.opType());
  }

  private static long matrixElements(Model model, GraphEditor graph) {
    Set<String> matrices = new TreeSet<>();
    for (Node node : model.graph().nodes()) {
      if (node.is("Gather")) {
        matrices.add(node.input(0));
      } else if (node.is("MatMul") || node.is("Gemm")) {
        matrices.add(node.input(1));
      }
    }
    return matrices.stream()
        .filter(tensor -> isMatrix(tensor, graph))
        .mapToLong(tensor -> graph.constant(tensor).orElseThrow().elementCount())
        .sum();
  }

  private static long floatElements(Model model) {
    return model.graph().initializers().values().stream()
        .filter(tensor -> tensor.type() == ElementType.FLOAT32)
        .mapToLong(Tensor::elementCount)
        .sum();
  }

  /** Whether {@code tensor} is a constant that the dynamic scheme can quantize. */
  static boolean isMatrix(String tensor, GraphEditor graph) {
    return graph
        .constant(tensor)
        .filter(t -> t.type() == ElementType.FLOAT32 && t.dims().rank() == 2)
        .isPresent();
  }
}
