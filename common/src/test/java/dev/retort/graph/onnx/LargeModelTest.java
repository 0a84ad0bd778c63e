package dev.retort.graph.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.GraphEditor;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.onnx.proto.ModelProto;
import dev.retort.graph.onnx.proto.StringStringEntryProto;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import dev.retort.tensor.TensorData;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that are larger than the heap are read, edited and written. */
class LargeModelTest {
  private static final long GIGABYTE = 1L << 30;

  @TempDir Path folder;

  /** Reads the model in the first argument, renames a node and writes it to the second. */
  public static void main(String[] args) {
    Model model = OnnxReader.read(Path.of(args[0]));
    GraphEditor editor = GraphEditor.of(model);
    Node first = editor.nodes().get(0);
    editor.replace(first, first.withName("renamed"));
    OnnxWriter.write(editor.build(), Path.of(args[1]));
  }

  @Test
  void aModelOf3GigabytesIsEditedWithAHeapOf512Megabytes() throws Exception {
    Path data = folder.resolve("weights.bin");
    long[] starts = {0, 2 * GIGABYTE + GIGABYTE / 4, 3 * GIGABYTE};
    try (FileChannel channel =
        FileChannel.open(data, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int i = 0; i < starts.length; i++) {
        channel.write(marker(i), starts[i] == 0 ? 0 : starts[i] - Long.BYTES);
      }
    }
    Map<String, Tensor> weights = new LinkedHashMap<>();
    for (int i = 0; i < 2; i++) {
      long length = starts[i + 1] - starts[i];
      TensorData slice = new TensorData.FileSlice(data.toRealPath(), starts[i], length);
      weights.put("w" + i, new Tensor(ElementType.UINT8, Dims.of(length), slice));
    }
    Path model = folder.resolve("model.onnx");
    Files.write(model, withLocation(weights, "weights.bin"));
    Path edited = folder.resolve("edited.onnx");

    editInChild(model, edited, "-Xmx512m");

    Model result = OnnxReader.read(edited);
    assertThat(result.graph().nodes()).extracting(Node::name).containsExactly("renamed", "n1");
    TensorData.FileSlice first = slice(result, "w0");
    TensorData.FileSlice second = slice(result, "w1");
    assertThat(first.file()).hasFileName("edited.onnx.data");
    assertThat(first.byteLength() + second.byteLength()).isEqualTo(3 * GIGABYTE);
    assertThat(read(first, 0)).isEqualTo(marker(0));
    assertThat(read(first, first.byteLength() - Long.BYTES)).isEqualTo(marker(1));
    assertThat(read(second, second.byteLength() - Long.BYTES)).isEqualTo(marker(2));
    assertThat(read(second, 0)).isEqualTo(ByteBuffer.allocate(Long.BYTES));
  }

  @Test
  void aModelWithItsWeightsInsideIsEditedWithAHeapSmallerThanThem() throws Exception {
    ByteBuffer bytes = ByteBuffer.allocateDirect(200 << 20);
    bytes.putLong(bytes.limit() - Long.BYTES, 7);
    Tensor weight = Tensor.of(ElementType.UINT8, Dims.of(bytes.limit()), bytes);
    Path model = folder.resolve("model.onnx");
    OnnxWriter.write(model(Map.of("w0", weight)), model);

    Path edited = folder.resolve("edited.onnx");
    editInChild(model, edited, "-Xmx48m");

    Model result = OnnxReader.read(edited);
    assertThat(result.graph().nodes()).extracting(Node::name).containsExactly("renamed");
    assertThat(result.graph().initializers()).containsEntry("w0", weight);
  }

  private static void editInChild(Path model, Path edited, String heap) throws Exception {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Process child =
        new ProcessBuilder(
                java.toString(),
                heap,
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                LargeModelTest.class.getName(),
                model.toString(),
                edited.toString())
            .redirectErrorStream(true)
            .redirectOutput(new File(edited + ".log"))
            .start();
    try {
      assertThat(child.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(Files.readString(Path.of(edited + ".log"))).doesNotContain("Exception");
      assertThat(child.exitValue()).isZero();
    } finally {
      child.destroyForcibly();
    }
  }

  /** The model, whose data stays where it is. */
  private static byte[] withLocation(Map<String, Tensor> weights, String location) {
    ModelProto.Builder proto = ModelCodec.encode(model(weights), Placement.inline()).toBuilder();
    proto.getGraphBuilder().clearInitializer();
    weights.forEach(
        (name, tensor) -> {
          TensorData.FileSlice slice = (TensorData.FileSlice) tensor.data();
          proto
              .getGraphBuilder()
              .addInitializerBuilder()
              .setName(name)
              .setDataType(tensor.type().number())
              .addDims(slice.byteLength())
              .setDataLocation(ExternalData.EXTERNAL)
              .addExternalData(entry("location", location))
              .addExternalData(entry("offset", "" + slice.offset()));
        });
    return proto.build().toByteArray();
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private static Model model(Map<String, Tensor> weights) {
    ValueType type = ValueType.OfTensor.of(ElementType.UINT8, Dim.of("N"));
    List<Node> nodes =
        weights.keySet().stream()
            .map(w -> Node.of("n" + w.substring(1), "Max", List.of("x", w), List.of("y" + w)))
            .toList();
    return Model.of(
        Graph.of(
            "large",
            nodes,
            weights,
            List.of(ValueInfo.of("x", type)),
            List.of(ValueInfo.of(nodes.isEmpty() ? "x" : nodes.get(0).output(0), type))));
  }

  private static TensorData.FileSlice slice(Model model, String name) {
    return (TensorData.FileSlice) model.graph().initializers().get(name).data();
  }

  private static ByteBuffer marker(int number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(0, 1000 + number);
  }

  private static ByteBuffer read(TensorData.FileSlice slice, long position) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES);
    try (FileChannel channel = FileChannel.open(slice.file())) {
      channel.read(bytes, slice.offset() + position);
    }
    return bytes.flip();
  }
}
