package dev.retort.quantization;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.GraphEditor;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.onnx.OnnxReader;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.provenance.Seed;
import dev.retort.runtime.OnnxSession;
import dev.retort.runtime.SessionSettings;
import dev.retort.runtime.ShardInference;
import dev.retort.statistics.StatisticsTable;
import dev.retort.tensor.AlignedBuffers;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.SampleBlock;
import dev.retort.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Small networks with random weights, and what it takes to calibrate and run them. */
final class Nets {
  private final Random random = new Seed(42).random();
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Tensor> constants = new LinkedHashMap<>();
  private final ValueInfo input;

  private Nets(ValueInfo input) {
    this.input = input;
  }

  /** Begins a network that takes float {@code x} of {@code [N, sizes...]}. */
  static Nets ofFloats(long... sizes) {
    return new Nets(ValueInfo.of("x", type(ElementType.FLOAT32, sizes)));
  }

  /**
   * Begins a network that takes bytes {@code image} and turns them into {@code x} = bytes / 255.
   */
  static Nets ofBytes(long... sizes) {
    Nets net = new Nets(ValueInfo.of("image", type(ElementType.UINT8, sizes)));
    net.constants.put("scale", Tensor.scalar(1 / 255f));
    return net.add("Cast", "cast", Map.of("to", Attribute.of(1L)), "image")
        .add("Mul", "x", Map.of(), "cast", "scale");
  }

  Nets add(String opType, String output, Map<String, Attribute> attributes, String... inputs) {
    nodes.add(Node.of(output, opType, List.of(inputs), List.of(output), attributes));
    return this;
  }

  Nets add(String opType, String output, String... inputs) {
    return add(opType, output, Map.of(), inputs);
  }

  /** A 3 x 3 convolution with padding 1 and a bias. */
  Nets conv(String output, String source, int inputs, int outputs) {
    return conv(output, source, Dims.of(outputs, inputs, 3, 3), 1);
  }

  Nets conv(String output, String source, Dims weights, int groups) {
    constants.put(output + ".w", weights(weights));
    constants.put(output + ".b", weights(Dims.of(weights.size(0))));
    return add(
        "Conv",
        output,
        Map.of("pads", Attribute.ofInts(1, 1, 1, 1), "group", Attribute.of((long) groups)),
        source,
        output + ".w",
        output + ".b");
  }

  Nets gemm(String output, String source, int inputs, int outputs, int transposed) {
    constants.put(
        output + ".w",
        weights(transposed == 1 ? Dims.of(outputs, inputs) : Dims.of(inputs, outputs)));
    constants.put(output + ".b", weights(Dims.of(outputs)));
    return add(
        "Gemm",
        output,
        Map.of("transB", Attribute.of((long) transposed)),
        source,
        output + ".w",
        output + ".b");
  }

  Nets constant(String name, Tensor value) {
    constants.put(name, value);
    return this;
  }

  Model returning(String... outputs) {
    List<ValueInfo> infos =
        Arrays.stream(outputs)
            .map(o -> ValueInfo.of(o, ValueType.OfTensor.ofUnknownShape(ElementType.FLOAT32)))
            .toList();
    return Model.of(Graph.of("net", nodes, constants, List.of(input), infos));
  }

  /** Bytes with a bias to small values, as images have. */
  static SampleBlock bytes(long seed, int samples, Dims dims) {
    Random random = new Seed(seed).random();
    ByteBuffer data = AlignedBuffers.allocate((int) (samples * dims.elementCount()));
    for (int i = 0; i < data.capacity(); i++) {
      data.put(i, (byte) (random.nextInt(256) * random.nextInt(256) / 256));
    }
    return new SampleBlock(ElementType.UINT8, dims, samples, data);
  }

  static SampleBlock floats(long seed, int samples, Dims dims) {
    Random random = new Seed(seed).random();
    ByteBuffer data = AlignedBuffers.allocate((int) (samples * dims.elementCount() * Float.BYTES));
    for (int i = 0; i < data.capacity(); i += Float.BYTES) {
      data.putFloat(i, (float) random.nextGaussian());
    }
    return new SampleBlock(ElementType.FLOAT32, dims, samples, data);
  }

  /**
   * The statistics that the preset asks for, over {@code samples}. A graph input is observed where
   * it lies: returned as an output it would stay zero in a pinned buffer.
   */
  static StatisticsTable calibrated(Model model, SampleBlock samples, Path folder) {
    StatisticsTable table = StatisticsTable.empty(Int8Preset.requests(model));
    GraphEditor instrumented = GraphEditor.of(model);
    List<String> inner =
        table.tensors().stream().filter(tensor -> !instrumented.isInput(tensor)).toList();
    inner.forEach(
        tensor ->
            instrumented.addOutput(
                ValueInfo.of(tensor, ValueType.OfTensor.ofUnknownShape(ElementType.FLOAT32))));
    table.update(model.graph().inputs().get(0).name(), samples);
    if (!inner.isEmpty()) {
      run(
          instrumented.build(),
          samples,
          folder,
          inner,
          (batch, outputs) -> outputs.forEach(table::update));
    }
    return table;
  }

  /** The first output over {@code samples}. */
  static SampleBlock output(Model model, SampleBlock samples, Path folder) {
    Path file = written(model, folder);
    try (OnnxSession session = OnnxSession.open(file, SessionSettings.standard());
        ShardInference inference = new ShardInference(session, 32)) {
      return inference.collect(inputs(model, samples)).values().iterator().next();
    }
  }

  static Path written(Model model, Path folder) {
    Path file = folder.resolve("model-" + System.nanoTime() + ".onnx");
    OnnxWriter.write(model, file);
    return file;
  }

  /** What ONNX Runtime makes of the model, before layouts of this machine. */
  static List<String> optimizedOpTypes(Model model, Path folder) throws OrtException {
    Path file = folder.resolve("optimized.onnx");
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.EXTENDED_OPT);
      options.setOptimizedModelFilePath(file.toString());
      OrtEnvironment.getEnvironment()
          .createSession(written(model, folder).toString(), options)
          .close();
    }
    return opTypes(OnnxReader.readAsIs(file));
  }

  static List<String> opTypes(Model model) {
    return model.graph().nodes().stream().map(Node::opType).toList();
  }

  static float[] values(SampleBlock block) {
    float[] values = new float[block.bytes().remaining() / Float.BYTES];
    block.bytes().asFloatBuffer().get(values);
    return values;
  }

  private static void run(
      Model model,
      SampleBlock samples,
      Path folder,
      List<String> outputs,
      dev.retort.runtime.BatchConsumer consumer) {
    Path file = written(model, folder);
    try (OnnxSession session = OnnxSession.open(file, SessionSettings.standard());
        ShardInference inference = new ShardInference(session, 32, outputs)) {
      inference.run(inputs(model, samples), consumer);
    }
  }

  private static Map<String, SampleBlock> inputs(Model model, SampleBlock samples) {
    return Map.of(model.graph().inputs().get(0).name(), samples);
  }

  private Tensor weights(Dims dims) {
    float[] values = new float[(int) dims.elementCount()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() * 0.2f;
    }
    return Tensor.ofFloats(dims, values);
  }

  private static ValueType type(ElementType elementType, long... sizes) {
    List<Dim> dims = new ArrayList<>(List.of(Dim.of("N")));
    for (long size : sizes) {
      dims.add(Dim.of(size));
    }
    return ValueType.OfTensor.of(elementType, dims.toArray(Dim[]::new));
  }
}
