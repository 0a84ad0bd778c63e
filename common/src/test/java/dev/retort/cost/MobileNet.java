package dev.retort.cost;

import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.Opaque;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** MobileNet 1.0 for 224 x 224 images, as table 1 of its paper lists the layers; untrained. */
final class MobileNet {
  /** Output channels and stride of each depthwise separable layer. */
  private static final int[][] LAYERS = {
    {64, 1}, {128, 2}, {128, 1}, {256, 2}, {256, 1}, {512, 2}, {512, 1}, {512, 1}, {512, 1},
    {512, 1}, {512, 1}, {1024, 2}, {1024, 1}
  };

  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Tensor> constants = new LinkedHashMap<>();
  private String last = "image";

  private MobileNet() {}

  static Model model() {
    MobileNet net = new MobileNet();
    net.convolution(32, 3, 3, 2, 1);
    int channels = 32;
    for (int[] layer : LAYERS) {
      net.convolution(channels, 1, 3, layer[1], channels);
      net.convolution(layer[0], channels, 1, 1, 1);
      channels = layer[0];
    }
    net.add("GlobalAveragePool", List.of(net.last), Map.of());
    net.add("Flatten", List.of(net.last), Map.of());
    net.constants.put("fc", zeros(1000, 1024));
    net.constants.put("bias", zeros(1000));
    net.add("Gemm", List.of(net.last, "fc", "bias"), Map.of("transB", Attribute.of(1L)));
    ValueInfo image =
        ValueInfo.of(
            "image",
            ValueType.OfTensor.of(
                ElementType.FLOAT32, Dim.of("N"), Dim.of(3), Dim.of(224), Dim.of(224)));
    ValueInfo logits = ValueInfo.of(net.last, new ValueType.Other(Opaque.NONE));
    return Model.of(
        Graph.of("mobilenet", net.nodes, net.constants, List.of(image), List.of(logits)));
  }

  private void convolution(int output, int inputPerGroup, int kernel, int stride, int group) {
    String weight = "w" + nodes.size();
    constants.put(weight, zeros(output, inputPerGroup, kernel, kernel));
    long pad = kernel / 2;
    add(
        "Conv",
        List.of(last, weight),
        Map.of(
            "strides",
            Attribute.ofInts(stride, stride),
            "pads",
            Attribute.ofInts(pad, pad, pad, pad),
            "group",
            Attribute.of((long) group)));
    List<String> inputs = new ArrayList<>(List.of(last));
    for (String part : List.of("scale", "shift", "mean", "variance")) {
      constants.put(part + nodes.size(), zeros(output));
      inputs.add(part + nodes.size());
    }
    add("BatchNormalization", inputs, Map.of());
    add("Relu", List.of(last), Map.of());
  }

  private void add(String op, List<String> inputs, Map<String, Attribute> attributes) {
    String output = "t" + nodes.size();
    nodes.add(Node.of(output, op, inputs, List.of(output), attributes));
    last = output;
  }

  private static Tensor zeros(long... dims) {
    Dims shape = Dims.of(dims);
    return Tensor.ofFloats(shape, new float[Math.toIntExact(shape.elementCount())]);
  }
}
