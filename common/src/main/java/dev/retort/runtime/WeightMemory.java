package dev.retort.runtime;

import dev.retort.graph.Graph;
import dev.retort.graph.Node;
import dev.retort.tensor.Tensor;
import dev.retort.tensor.TensorData;
import java.util.HashMap;
import java.util.Map;

/**
 * The memory that a session's weights take at its peak, as a multiple of their bytes that depends
 * on who reads them: measured with ONNX Runtime 1.28.0 on a residual network and a transformer.
 *
 * <ul>
 *   <li>convolutions {@value #CONVOLUTION}: as read, with the normalisation folded in, reordered,
 *       and what the allocator does not give back in between;
 *   <li>matrix products, recurrent layers and integer weights {@value #PACKED}: as read and packed;
 *   <li>others once.
 * </ul>
 *
 * <p>Weights in external files are mapped instead of read: one copy less, but never less than one.
 */
final class WeightMemory {
  static final double CONVOLUTION = 3.6;
  static final double PACKED = 2;

  private WeightMemory() {}

  static long bytes(Graph graph) {
    Map<String, Double> copies = new HashMap<>();
    for (Node node : graph.nodes()) {
      node.inputs().forEach(input -> copies.merge(input, copies(node), Math::max));
    }
    double sum = 0;
    for (Map.Entry<String, Tensor> weight : graph.initializers().entrySet()) {
      double held = copies.getOrDefault(weight.getKey(), 1.0);
      boolean mapped = weight.getValue().data() instanceof TensorData.FileSlice;
      sum += weight.getValue().byteLength() * (mapped ? Math.max(1, held - 1) : held);
    }
    return Math.round(sum);
  }

  private static double copies(Node node) {
    return switch (node.opType()) {
      case "Conv", "ConvTranspose" -> CONVOLUTION;
      case "DequantizeLinear", "Gemm", "GRU", "LSTM", "MatMul", "MatMulInteger", "RNN" -> PACKED;
      default -> 1;
    };
  }
}
