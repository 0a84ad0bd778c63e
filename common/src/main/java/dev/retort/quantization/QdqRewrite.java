package dev.retort.quantization;

import dev.retort.graph.Attribute;
import dev.retort.graph.GraphEditor;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.statistics.AffineGrid;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts a plan into a model. Each quantized activation {@code x} becomes {@code x -> Quantize -> q
 * -> Dequantize -> d}, and all its readers read {@code d}; weights and biases become integer
 * constants behind a Dequantize. A Relu or Clip whose bounds saturation of the u8 grid keeps by
 * itself is taken out. Equal scales and zero points are one constant; stated inner types and
 * documentation are dropped, since they are wrong or dead weight now. Used once.
 */
final class QdqRewrite {
  private final StaticPlan plan;
  private final GraphEditor graph;
  private final Map<List<Object>, String> constants = new HashMap<>();
  private final Map<String, AffineGrid> grids = new HashMap<>();
  private final Map<String, String> quantizers = new LinkedHashMap<>();

  QdqRewrite(Model model, StaticPlan plan) {
    this.plan = plan;
    this.graph = GraphEditor.of(model);
  }

  Model run() {
    plan.activations().forEach(a -> grids.put(a.tensor(), a.grid()));
    plan.layers().forEach(this::quantizeLayer);
    plan.activations().forEach(this::quantizeActivation);
    plan.activations().forEach(a -> dropBounds(a.tensor(), a.grid()));
    graph.removeUnused();
    return PlainModel.of(graph.build());
  }

  private void quantizeLayer(LayerQuantization layer) {
    Node node = graph.producer(layer.output()).orElseThrow(() -> otherModel(layer.output()));
    LayerWeights weights = LayerWeights.of(node, graph);
    AffineGrid input = grids.get(node.input(0));
    if (input == null || weights.outputChannels() != layer.scales().size()) {
      throw otherModel(layer.output());
    }
    List<String> inputs = new ArrayList<>();
    inputs.add(node.input(0));
    inputs.add(weightsOf(layer, weights));
    inputs.add(biasOf(layer, weights, input.scale()));
    Node quantized = node.withInputs(inputs);
    if (node.is("Gemm")) {
      quantized = quantized.withAttribute("transB", Attribute.of(1L));
    }
    graph.replace(node, quantized);
  }

  private String weightsOf(LayerQuantization layer, LayerWeights weights) {
    int outputs = weights.outputChannels();
    int size = weights.channelSize();
    byte[] levels = new byte[outputs * size];
    float[] scales = new float[outputs];
    for (int output = 0; output < outputs; output++) {
      scales[output] = layer.scales().get(output);
      float[] channel = weights.channel(output);
      for (int i = 0; i < size; i++) {
        levels[output * size + i] = WeightRounding.round(channel[i], scales[output]);
      }
    }
    String zeros = constant(Tensor.ofBytes(ElementType.INT8, Dims.of(outputs), new byte[outputs]));
    return dequantizeAlongFirstAxis(
        List.of(
            constant(Tensor.ofBytes(ElementType.INT8, weights.dims(), levels)),
            constant(Tensor.ofFloats(Dims.of(outputs), scales)),
            zeros));
  }

  private String biasOf(LayerQuantization layer, LayerWeights weights, float inputScale) {
    int outputs = weights.outputChannels();
    int[] levels = new int[outputs];
    float[] scales = new float[outputs];
    for (int output = 0; output < outputs; output++) {
      scales[output] = inputScale * layer.scales().get(output);
      double bias = (double) weights.bias(output) + layer.biasCorrections().get(output);
      levels[output] = (int) Math.rint(bias / scales[output]);
    }
    return dequantizeAlongFirstAxis(
        List.of(
            constant(Tensor.ofInts(Dims.of(outputs), levels)),
            constant(Tensor.ofFloats(Dims.of(outputs), scales))));
  }

  private String dequantizeAlongFirstAxis(List<String> inputs) {
    String output = graph.freshName("w");
    graph.add(
        Node.of("", "DequantizeLinear", inputs, List.of(output), Map.of("axis", Attribute.of(0L))));
    return output;
  }

  private void quantizeActivation(ActivationQuantization activation) {
    String tensor = activation.tensor();
    if (!graph.isInput(tensor) && graph.producer(tensor).isEmpty()) {
      throw otherModel(tensor);
    }
    String scale = constant(Tensor.scalar(activation.grid().scale()));
    String zeroPoint =
        constant(
            Tensor.ofBytes(ElementType.UINT8, Dims.scalar(), (byte) activation.grid().zeroPoint()));
    String source = tensor;
    if (graph.isOutput(tensor) && graph.producer(tensor).isPresent()) {
      source = graph.freshName("x");
      moveProducer(tensor, source);
    }
    List<Node> readers = graph.consumers(tensor);
    String levels = activation.levels().orElseGet(() -> graph.freshName("q"));
    String dequantized = source.equals(tensor) ? graph.freshName("d") : tensor;
    readers.forEach(reader -> graph.replace(reader, reading(reader, tensor, dequantized)));
    if (activation.levels().isEmpty()) {
      quantizers.put(tensor, levels);
      graph.add(Node.of("", "QuantizeLinear", List.of(source, scale, zeroPoint), List.of(levels)));
    }
    graph.add(
        Node.of("", "DequantizeLinear", List.of(levels, scale, zeroPoint), List.of(dequantized)));
  }

  private void moveProducer(String tensor, String moved) {
    Node producer = graph.producer(tensor).orElseThrow();
    graph.replace(
        producer,
        producer.withOutputs(
            producer.outputs().stream().map(o -> o.equals(tensor) ? moved : o).toList()));
  }

  private static Node reading(Node reader, String from, String to) {
    return reader.withInputs(reader.inputs().stream().map(i -> i.equals(from) ? to : i).toList());
  }

  /** Takes out a Relu or Clip before the Quantize of {@code tensor} that saturation replaces. */
  private void dropBounds(String tensor, AffineGrid grid) {
    if (!quantizers.containsKey(tensor)) {
      return;
    }
    Node quantizer = graph.producer(quantizers.get(tensor)).orElseThrow();
    Node bounding = graph.producer(quantizer.input(0)).orElse(null);
    while (bounding != null
        && Bounds.areConstant(bounding, graph)
        && Bounds.of(bounding, graph).areKeptBy(grid)
        && graph.onlyConsumer(bounding.output(0)).isPresent()) {
      Node shorter = quantizer.withInput(0, bounding.input(0));
      graph.replace(quantizer, shorter);
      graph.remove(bounding);
      quantizer = shorter;
      bounding = graph.producer(shorter.input(0)).orElse(null);
    }
  }

  private String constant(Tensor value) {
    List<Object> key = List.of(value.type(), value.dims(), value.bytes());
    return constants.computeIfAbsent(key, k -> graph.addConstant("c" + constants.size(), value));
  }

  private static IllegalArgumentException otherModel(String tensor) {
    return new IllegalArgumentException("a plan of another model: it names " + tensor);
  }
}
