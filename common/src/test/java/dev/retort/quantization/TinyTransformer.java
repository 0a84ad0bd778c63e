package dev.retort.quantization;

import ai.onnxruntime.OrtException;
import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.GraphEditor;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.graph.onnx.ReferenceRuntime;
import dev.retort.statistics.StatisticsTable;
import dev.retort.tensor.AlignedBuffers;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.SampleBlock;
import dev.retort.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Builds models that take {@code ids} of {@code [N, T]}, with random weights of 64 x 64 elements
 * and more; and calibrates and runs them.
 */
final class TinyTransformer {
  static final int VOCABULARY = 80;
  static final int WIDTH = 64;

  private final Random random = new Random(11);
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Tensor> constants = new LinkedHashMap<>();

  /** One attention block and one feed-forward block, whose inner channels differ in size. */
  static Model encoder() {
    return new TinyTransformer()
        .lookUp("x", "table")
        .product("q", "x", WIDTH, WIDTH)
        .product("k", "x", WIDTH, WIDTH)
        .product("v", "x", WIDTH, WIDTH)
        .node("Transpose", "kt", Map.of("perm", Attribute.ofInts(0, 2, 1)), "k")
        .node("MatMul", "scores", "q", "kt")
        .node("Softmax", "weights", "scores")
        .node("MatMul", "mixed", "weights", "v")
        .product("attended", "mixed", WIDTH, WIDTH)
        .bias("biased", "attended", WIDTH)
        .node("Add", "skip", "biased", "x")
        .product("up", "skip", WIDTH, 2 * WIDTH)
        .constant("loud", outliers(2 * WIDTH))
        .node("Mul", "spread", "up", "loud")
        .node("Relu", "active", "spread")
        .product("down", "active", 2 * WIDTH, WIDTH)
        .node(
            "ReduceMean",
            "pooled",
            Map.of("axes", Attribute.ofInts(1), "keepdims", Attribute.of(0L)),
            "down")
        .gemm("logits", "pooled", WIDTH, WIDTH)
        .returning("logits");
  }

  TinyTransformer lookUp(String output, String table) {
    if (!constants.containsKey(table)) {
      constants.put(table, weights(VOCABULARY, WIDTH));
    }
    return node("Gather", output, table, "ids");
  }

  TinyTransformer product(String output, String input, int inputs, int outputs) {
    return constant(output + ".w", weights(inputs, outputs))
        .node("MatMul", output, input, output + ".w");
  }

  TinyTransformer bias(String output, String input, int width) {
    return constant(output + ".b", weights(width)).node("Add", output, input, output + ".b");
  }

  /** A Gemm with transB and a bias. */
  TinyTransformer gemm(String output, String input, int inputs, int outputs) {
    return constant(output + ".w", weights(outputs, inputs))
        .constant(output + ".b", weights(outputs))
        .node(
            "Gemm",
            output,
            Map.of("transB", Attribute.of(1L)),
            input,
            output + ".w",
            output + ".b");
  }

  TinyTransformer constant(String name, Tensor value) {
    constants.put(name, value);
    return this;
  }

  TinyTransformer node(String opType, String output, String... inputs) {
    return node(opType, output, Map.of(), inputs);
  }

  TinyTransformer node(
      String opType, String output, Map<String, Attribute> attributes, String... inputs) {
    nodes.add(Node.of(output, opType, List.of(inputs), List.of(output), attributes));
    return this;
  }

  Model returning(String... outputs) {
    return Model.of(
        Graph.of(
            "tiny",
            nodes,
            constants,
            List.of(
                ValueInfo.of(
                    "ids", ValueType.OfTensor.of(ElementType.INT64, Dim.of("N"), Dim.of("T")))),
            Arrays.stream(outputs).map(TinyTransformer::floats).toList()));
  }

  Tensor weights(long... sizes) {
    float[] values = new float[(int) Dims.of(sizes).elementCount()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() * 0.2f;
    }
    return Tensor.ofFloats(Dims.of(sizes), values);
  }

  /** Every 16th channel 20 times as large as the others. */
  static Tensor outliers(int width) {
    float[] values = new float[width];
    for (int i = 0; i < width; i++) {
      values[i] = i % 16 == 3 ? 20 : 1;
    }
    return Tensor.ofFloats(Dims.of(width), values);
  }

  static Tensor ids(long seed, int texts, int tokens) {
    return Tensor.ofLongs(
        Dims.of(texts, tokens),
        new Random(seed).longs((long) texts * tokens, 0, VOCABULARY).toArray());
  }

  /** The statistics that the preset asks for, over 32 texts. */
  static StatisticsTable calibrated(Model model) {
    StatisticsTable table = StatisticsTable.empty(Int8Preset.requests(model));
    GraphEditor instrumented = GraphEditor.of(model);
    table.tensors().forEach(tensor -> instrumented.addOutput(floats(tensor)));
    Map<String, Tensor> outputs = run(instrumented.build(), ids(1, 32, 7));
    table.tensors().forEach(tensor -> table.update(tensor, block(outputs.get(tensor))));
    return table;
  }

  /** All outputs, computed without optimization. */
  static Map<String, Tensor> run(Model model, Tensor ids) {
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    try {
      ReferenceRuntime.run(OnnxWriter.toBytes(model), Map.of("ids", ids))
          .forEach((name, value) -> outputs.put(name, (Tensor) value));
    } catch (OrtException e) {
      throw new AssertionError("ONNX Runtime refuses the model", e);
    }
    return outputs;
  }

  private static SampleBlock block(Tensor tensor) {
    ByteBuffer bytes = AlignedBuffers.allocate((int) tensor.byteLength());
    bytes.duplicate().put(tensor.bytes());
    long[] sizes = tensor.dims().toArray();
    Dims sample = Dims.of(Arrays.copyOfRange(sizes, 1, sizes.length));
    return new SampleBlock(tensor.type(), sample, (int) sizes[0], bytes);
  }

  private static ValueInfo floats(String name) {
    return ValueInfo.of(name, ValueType.OfTensor.ofUnknownShape(ElementType.FLOAT32));
  }
}
