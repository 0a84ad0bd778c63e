package dev.retort.quantization;

import dev.retort.graph.Attribute;
import dev.retort.graph.GraphEditor;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts a dynamic plan into a model. Each quantized product keeps the name of its output; behind a
 * Gemm its bias is added. ONNX Runtime fuses the nodes of one product, and the Add of a bias behind
 * it, into one kernel. Stated inner types and documentation are dropped. Used once.
 */
final class DynamicRewrite {
  private static final long FLOAT = ElementType.FLOAT32.number();

  private final DynamicPlan plan;
  private final GraphEditor graph;
  private final DynamicSites sites;
  private final Map<String, Smoothing> inputs = new HashMap<>();
  private final Map<List<Object>, MatrixQuantization> matrices = new HashMap<>();
  private final Map<String, List<String>> quantized = new HashMap<>();
  private final Map<List<Object>, String> constants = new HashMap<>();

  DynamicRewrite(Model model, DynamicPlan plan) {
    this.plan = plan;
    this.sites = DynamicSites.of(model);
    this.graph = GraphEditor.of(model);
  }

  Model run() {
    plan.inputs().forEach(input -> inputs.put(input.tensor(), input));
    plan.matrices().forEach(m -> matrices.put(List.of(m.tensor(), m.channelAxis()), m));
    sites.layers().forEach(this::quantize);
    sites.embeddings().forEach(this::lookUp);
    graph.removeUnused();
    return PlainModel.of(graph.build());
  }

  /** Replaces {@code y = x W} by its integer form. */
  private void quantize(LinearSite layer) {
    Node node = layer.node();
    List<String> x = quantizedInput(layer.input());
    MatrixQuantization weights = matrix(layer.weight(), layer.channelAxis());
    String levels = weightLevels(layer, weights);
    graph.remove(node);
    String sums = add("MatMulInteger", "i", List.of(x.get(0), levels, x.get(2)), Map.of());
    String floats = add("Cast", "f", List.of(sums), Map.of("to", Attribute.of(FLOAT)));
    String scale =
        add("Mul", "s", List.of(x.get(1), constant("scales", vector(weights.scales()))), Map.of());
    List<String> product = List.of(floats, scale);
    if (node.hasInput(2)) {
      String unbiased = add("Mul", "p", product, Map.of());
      graph.add(Node.of("", "Add", List.of(unbiased, node.input(2)), node.outputs()));
    } else {
      graph.add(Node.of("", "Mul", product, node.outputs()));
    }
  }

  /** Levels, scale and zero point of an activation; one for all its readers. */
  private List<String> quantizedInput(String input) {
    return quantized.computeIfAbsent(
        input,
        name -> {
          Smoothing smoothing = inputs.get(name);
          if (smoothing == null) {
            throw otherModel(name);
          }
          String smoothed = smoothing.isNone() ? name : divided(name, smoothing);
          List<String> outputs =
              List.of(graph.freshName("q"), graph.freshName("d"), graph.freshName("z"));
          graph.add(Node.of("", "DynamicQuantizeLinear", List.of(smoothed), outputs));
          return outputs;
        });
  }

  private String divided(String input, Smoothing smoothing) {
    float[] factors = new float[smoothing.divisors().size()];
    for (int channel = 0; channel < factors.length; channel++) {
      factors[channel] = 1 / smoothing.divisors().get(channel);
    }
    String constant = constant("smooth", Tensor.ofFloats(Dims.of(factors.length), factors));
    return add("Mul", "x", List.of(input, constant), Map.of());
  }

  /** The levels of weights as MatMulInteger takes them, [K, N]. */
  private String weightLevels(LinearSite layer, MatrixQuantization weights) {
    Tensor matrix = sites.graph().constant(layer.weight()).orElseThrow();
    byte[] bytes = plan.levels(weights, matrix).levels(weights.scales());
    int rows = (int) matrix.dims().size(0);
    int columns = (int) matrix.dims().size(1);
    if (layer.channelAxis() == 1) {
      return constant("weights", levels(matrix.dims(), bytes));
    }
    if (isLookedUp(layer.weight())) {
      String shared = constant("weights", levels(matrix.dims(), bytes));
      return add("Transpose", "t", List.of(shared), Map.of("perm", Attribute.ofInts(1, 0)));
    }
    byte[] transposed = new byte[bytes.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        transposed[column * rows + row] = bytes[row * columns + column];
      }
    }
    return constant("weights", levels(Dims.of(columns, rows), transposed));
  }

  private boolean isLookedUp(String constant) {
    return sites.embeddings().stream().anyMatch(n -> DynamicSites.constantOf(n).equals(constant));
  }

  /** Replaces a lookup of float rows by one of s8 rows and their scales. */
  private void lookUp(Node node) {
    String name = DynamicSites.constantOf(node);
    Tensor table = sites.graph().constant(name).orElseThrow();
    MatrixQuantization rows = matrix(name, 0);
    byte[] bytes = plan.levels(rows, table).levels(rows.scales());
    String levels = constant("weights", levels(table.dims(), bytes));
    Tensor column =
        Tensor.of(
            ElementType.FLOAT32, Dims.of(rows.scales().size(), 1), vector(rows.scales()).bytes());
    String scales = constant("scales", column);
    graph.remove(node);
    String picked = add("Gather", "i", List.of(levels, node.input(1)), Map.of());
    String floats = add("Cast", "f", List.of(picked), Map.of("to", Attribute.of(FLOAT)));
    String scale = add("Gather", "s", List.of(scales, node.input(1)), Map.of());
    graph.add(Node.of("", "Mul", List.of(floats, scale), node.outputs()));
  }

  private MatrixQuantization matrix(String tensor, int channelAxis) {
    MatrixQuantization found = matrices.get(List.of(tensor, channelAxis));
    if (found == null) {
      throw otherModel(tensor);
    }
    return found;
  }

  private String add(
      String opType, String hint, List<String> inputs, Map<String, Attribute> attributes) {
    String output = graph.freshName(hint);
    graph.add(Node.of("", opType, inputs, List.of(output), attributes));
    return output;
  }

  /** Equal constants are one. */
  private String constant(String hint, Tensor value) {
    List<Object> key = List.of(value.type(), value.dims(), value.bytes());
    return constants.computeIfAbsent(key, k -> graph.addConstant(hint, value));
  }

  private static Tensor levels(Dims dims, byte[] bytes) {
    return Tensor.ofBytes(ElementType.INT8, dims, bytes);
  }

  private static Tensor vector(List<Float> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i);
    }
    return Tensor.ofFloats(Dims.of(floats.length), floats);
  }

  private static IllegalArgumentException otherModel(String tensor) {
    return new IllegalArgumentException("a plan of another model: it does not name " + tensor);
  }
}
