package dev.retort.cost;

import dev.retort.graph.Graph;
import dev.retort.graph.Node;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which constants are trainable parameters: floats of rank 1 or more that a node reads as data, and
 * the integers that stand for such floats in quantized models. Settings that happen to be tensors
 * (limits of Clip, scales of Resize and of quantization, scalars) are none, and the running mean
 * and variance of BatchNormalization are counted apart. Nothing tells the scales that a dynamically
 * quantized model multiplies by from weights, so they count.
 */
final class Parameters {
  /** Input 3 is the running mean, input 4 the variance. */
  private static final int RUNNING_MEAN = 3;

  /** Inputs, by operator, that hold settings and no parameters. */
  private static final Map<String, Set<Integer>> SETTINGS =
      Map.ofEntries(
          Map.entry("Clip", Set.of(1, 2)),
          Map.entry("Resize", Set.of(1, 2, 3)),
          Map.entry("Upsample", Set.of(1)),
          Map.entry("Pad", Set.of(1, 2)),
          Map.entry("OneHot", Set.of(1, 2)),
          Map.entry("Range", Set.of(0, 1, 2)),
          Map.entry("Dropout", Set.of(1, 2)),
          Map.entry("Pow", Set.of(1)),
          Map.entry("QuantizeLinear", Set.of(1, 2)),
          Map.entry("DequantizeLinear", Set.of(1, 2)),
          Map.entry("QLinearConv", Set.of(1, 2, 4, 5, 6, 7)),
          Map.entry("QLinearMatMul", Set.of(1, 2, 4, 5, 6, 7)),
          Map.entry("ConvInteger", Set.of(2, 3)),
          Map.entry("MatMulInteger", Set.of(2, 3)));

  /** Operators whose integer constants, settings aside, stand for floats. */
  private static final Set<String> QUANTIZED =
      Set.of("DequantizeLinear", "QLinearConv", "QLinearMatMul", "ConvInteger", "MatMulInteger");

  /** By identity: names repeat in sub-graphs, and equal tensors need not be shared. */
  private final IdentityHashMap<Tensor, Long> trainable = new IdentityHashMap<>();

  private final IdentityHashMap<Tensor, Long> running = new IdentityHashMap<>();

  /** Adds what {@code node}, of a graph with {@code constants}, reads; returns how much is new. */
  long add(Node node, Map<String, Tensor> constants) {
    long before = total();
    Set<Integer> settings = SETTINGS.getOrDefault(node.opType(), Set.of());
    for (int i = 0; i < node.inputs().size(); i++) {
      Tensor tensor = constants.get(node.input(i));
      if (tensor != null && !settings.contains(i) && isData(node, tensor)) {
        boolean statistic = node.is("BatchNormalization") && i >= RUNNING_MEAN;
        (statistic ? running : trainable).putIfAbsent(tensor, tensor.elementCount());
      }
    }
    for (Graph inner : node.subGraphs()) {
      Map<String, Tensor> visible = new LinkedHashMap<>(constants);
      visible.putAll(inner.initializers());
      inner.nodes().forEach(innerNode -> add(innerNode, visible));
    }
    return total() - before;
  }

  private static boolean isData(Node node, Tensor tensor) {
    if (tensor.type().isFloat()) {
      return tensor.dims().rank() > 0;
    }
    return QUANTIZED.contains(node.opType()) || (node.is("Gather") && isByte(tensor.type()));
  }

  /** What a table of quantized embeddings has, and no table of places. */
  private static boolean isByte(ElementType type) {
    return type == ElementType.INT8 || type == ElementType.UINT8;
  }

  long total() {
    return sum(trainable);
  }

  /** Elements of the running mean and variance of BatchNormalization. */
  long runningStatistics() {
    return sum(running);
  }

  private static long sum(IdentityHashMap<Tensor, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }
}
