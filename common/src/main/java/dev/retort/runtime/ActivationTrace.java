package dev.retort.runtime;

import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.shape.TensorTypes;
import dev.retort.tensor.ElementType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The inner values that a run allocates and frees, in order, as ONNX Runtime does after its
 * fusions: an elementwise operator writes into its input if nothing else reads it, {@code
 * DequantizeLinear} is part of its reader, and a value that only {@code QuantizeLinear} reads
 * exists quantized alone. Inputs, outputs and constants of the model are no part of it.
 *
 * <p>Values whose size is unknown count nothing; {@link #unknown()} says how many there are.
 */
final class ActivationTrace {
  private static final Set<String> IN_PLACE =
      Set.of(
          "Add",
          "BatchNormalization",
          "Clip",
          "DequantizeLinear",
          "Div",
          "Dropout",
          "Flatten",
          "HardSigmoid",
          "HardSwish",
          "Identity",
          "LeakyRelu",
          "Mul",
          "QuantizeLinear",
          "Relu",
          "Reshape",
          "Sigmoid",
          "Squeeze",
          "Sub",
          "Tanh",
          "Unsqueeze");

  private final Graph graph;
  private final TensorTypes types;
  private final Map<String, Long> sizes;
  private final Map<String, List<Node>> readers = new HashMap<>();
  private final Set<String> outside = new HashSet<>();
  private final Map<String, String> bufferOf = new HashMap<>();
  private final Map<String, Integer> users = new HashMap<>();
  private final List<Step> steps = new ArrayList<>();
  private int unknown;

  /** An allocation of {@code bytes} bytes, or with 0 bytes the end of a buffer. */
  record Step(String buffer, long bytes) {}

  private ActivationTrace(Model model, TensorTypes types, Map<String, Long> sizes) {
    this.graph = model.graph();
    this.types = types;
    this.sizes = sizes;
    graph.inputs().stream().map(ValueInfo::name).forEach(outside::add);
    graph.outputs().stream().map(ValueInfo::name).forEach(outside::add);
    outside.addAll(graph.initializers().keySet());
    for (Node node : graph.nodes()) {
      readsOf(node).forEach(r -> readers.computeIfAbsent(r, k -> new ArrayList<>()).add(node));
    }
  }

  /** The trace of a run where the symbolic dimensions have the given sizes. */
  static ActivationTrace of(Model model, TensorTypes types, Map<String, Long> sizes) {
    ActivationTrace trace = new ActivationTrace(model, types, sizes);
    trace.graph.nodes().forEach(trace::run);
    return trace;
  }

  List<Step> steps() {
    return steps;
  }

  /** How many inner values have an unknown size. */
  int unknown() {
    return unknown;
  }

  private void run(Node node) {
    for (String output : node.outputs()) {
      if (!output.isEmpty() && !outside.contains(output)) {
        place(node, output);
      }
    }
    for (String output : node.outputs()) {
      releaseUnread(output);
    }
    readsOf(node).forEach(this::release);
  }

  private void place(Node node, String output) {
    String shared = sharedInput(node, output);
    if (shared == null) {
      bufferOf.put(output, output);
      steps.add(new Step(output, bytes(output)));
    } else {
      bufferOf.put(output, bufferOf.get(shared));
    }
    users.merge(bufferOf.get(output), readers.getOrDefault(output, List.of()).size(), Integer::sum);
  }

  private String sharedInput(Node node, String output) {
    if (node.is("Conv")) {
      return summand(output);
    }
    if (!node.domain().isEmpty() || !IN_PLACE.contains(node.opType())) {
      return null;
    }
    boolean quantization = node.is("QuantizeLinear") || node.is("DequantizeLinear");
    for (String input : node.inputs()) {
      boolean fits = isLastUse(node, input) && bytes(input) == bytes(output);
      if (bufferOf.containsKey(input) && (quantization || fits)) {
        return input;
      }
    }
    return null;
  }

  /** What a convolution adds its output to: the fused kernel writes the sum in its place. */
  private String summand(String convolved) {
    String tensor = convolved;
    Node reader = onlyReader(tensor);
    if (reader != null && reader.is("BatchNormalization")) {
      tensor = reader.output(0);
      reader = onlyReader(tensor);
    }
    if (reader == null || !reader.is("Add")) {
      return null;
    }
    String other = reader.input(reader.input(0).equals(tensor) ? 1 : 0);
    return isLastUse(reader, other) && bytes(other) == bytes(convolved) ? other : null;
  }

  private Node onlyReader(String tensor) {
    List<Node> nodes = readers.getOrDefault(tensor, List.of());
    return nodes.size() == 1 && !outside.contains(tensor) ? nodes.get(0) : null;
  }

  /** Whether nobody but {@code node} will still read the buffer of {@code tensor}. */
  private boolean isLastUse(Node node, String tensor) {
    String buffer = bufferOf.get(tensor);
    long uses =
        node.inputs().stream()
            .distinct()
            .filter(i -> buffer != null && buffer.equals(bufferOf.get(i)))
            .count();
    return buffer != null && users.get(buffer) == uses;
  }

  private void release(String tensor) {
    String buffer = bufferOf.get(tensor);
    if (buffer != null && users.merge(buffer, -1, Integer::sum) == 0) {
      steps.add(new Step(buffer, 0));
    }
  }

  private void releaseUnread(String output) {
    String buffer = bufferOf.get(output);
    if (buffer != null && users.get(buffer) == 0) {
      steps.add(new Step(buffer, 0));
    }
  }

  /** The bytes of a tensor, in the type in which its only reader, if that quantizes, leaves it. */
  private long bytes(String tensor) {
    List<Node> nodes = readers.getOrDefault(tensor, List.of());
    boolean quantized = !nodes.isEmpty() && nodes.stream().allMatch(n -> n.is("QuantizeLinear"));
    String typed = quantized ? nodes.get(0).output(0) : tensor;
    var type = types.of(typed);
    var dims = types.dims(tensor, sizes);
    if (type.isEmpty() || dims.isEmpty() || type.get().elementType() == ElementType.STRING) {
      unknown++;
      return 0;
    }
    return type.get().elementType().byteLength(dims.get().elementCount());
  }

  private static Set<String> readsOf(Node node) {
    Set<String> reads = new LinkedHashSet<>(node.inputs());
    node.subGraphs().forEach(graph -> reads.addAll(graph.capturedNames()));
    reads.remove("");
    return reads;
  }
}
