package dev.retort.graph.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.UserError;
import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.onnx.proto.AttributeProto;
import dev.retort.graph.onnx.proto.GraphProto;
import dev.retort.graph.onnx.proto.ModelProto;
import dev.retort.graph.onnx.proto.NodeProto;
import dev.retort.graph.onnx.proto.SparseTensorProto;
import dev.retort.graph.onnx.proto.StringStringEntryProto;
import dev.retort.graph.onnx.proto.TensorProto;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import dev.retort.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights outside of the model's file: where they may be, and what is said when they are not. */
class ExternalDataTest {
  private static final Tensor WEIGHT = Tensor.ofFloats(Dims.of(3), 1, 2, 3);

  @TempDir Path root;
  private Path folder;

  @BeforeEach
  void putWeightsInsideAndOutsideOfTheFolder() throws IOException {
    folder = Files.createDirectories(root.resolve("model"));
    byte[] bytes = new byte[12];
    WEIGHT.bytes().get(bytes);
    Files.write(folder.resolve("weights.bin"), bytes);
    Files.write(Files.createDirectories(folder.resolve("deep")).resolve("weights.bin"), bytes);
    Files.write(root.resolve("outside.bin"), bytes);
  }

  @ParameterizedTest
  @CsvSource({"weights.bin", "deep/weights.bin", "./deep/../weights.bin"})
  void aFileInTheFolderIsRead(String location) throws IOException {
    Model model = OnnxReader.read(model(location, "0", "12"));
    Tensor weight = model.graph().initializers().get("w");
    assertThat(weight).isEqualTo(WEIGHT);
    assertThat(weight.data()).isInstanceOf(TensorData.FileSlice.class);
  }

  @Test
  void offsetAndLengthMayBeMissing() throws IOException {
    Model model = OnnxReader.read(model("weights.bin", "", ""));
    assertThat(model.graph().initializers()).containsEntry("w", WEIGHT);
  }

  @ParameterizedTest
  @CsvSource({
    "../outside.bin",
    "deep/../../outside.bin",
    "/etc/hostname",
    "..",
    "''",
    "link.bin",
    "linked/outside.bin"
  })
  void aFileOutsideOfTheFolderIsRefused(String location) throws IOException {
    Files.createSymbolicLink(folder.resolve("link.bin"), root.resolve("outside.bin"));
    Files.createSymbolicLink(folder.resolve("linked"), root);
    refused(
        model(location, "0", "12"),
        "external data of tensor 'w' has location '%s', must be a relative path inside"
            .formatted(location));
  }

  @Test
  void aLinkInsideOfTheFolderIsFollowed() throws IOException {
    Files.createSymbolicLink(folder.resolve("link.bin"), folder.resolve("deep/weights.bin"));
    Model model = OnnxReader.read(model("link.bin", "0", "12"));
    assertThat(model.graph().initializers()).containsEntry("w", WEIGHT);
  }

  @ParameterizedTest
  @CsvSource({
    "none.bin, 0, 12, which does not exist; put it beside the model",
    "deep, 0, 12, which does not exist",
    "weights.bin, 4, 12, 'bytes 4 to 16 of weights.bin, which has 12; the file may be truncated'",
    "weights.bin, 9223372036854775807, 12, 'which has 12'",
    "weights.bin, -4, 12, 'offset -4, must be 0 or more'",
    "weights.bin, 0, 8, 'has length 8, must be 12'",
    "weights.bin, zero, 12, 'offset ''zero'', must be a number'"
  })
  void aRegionThatIsNotThereIsRefused(String file, String offset, String length, String message)
      throws IOException {
    refused(model(file, offset, length), message);
  }

  @Test
  void aLocationThatNoFileCanHaveIsRefused() throws IOException {
    refused(model("a\0b", "0", "12"), "which is no file");
  }

  @Test
  void aSparseTensorMustBeInTheModel() throws IOException {
    TensorProto external =
        TensorProto.newBuilder().setName("s").setDataLocation(ExternalData.EXTERNAL).build();
    SparseTensorProto sparse = SparseTensorProto.newBuilder().setValues(external).build();
    GraphProto.Builder initializer = graph();
    initializer.addSparseInitializer(sparse);
    refused(write(initializer), "sparse tensor 's' has external data, must be in the model");
    GraphProto.Builder attribute = graph();
    attribute.addNode(
        NodeProto.newBuilder()
            .setOpType("Constant")
            .addOutput("s")
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("sparse_value")
                    .setType(11)
                    .setSparseTensor(sparse)));
    refused(write(attribute), "sparse tensor 's' has external data, must be in the model");
  }

  private void refused(Path model, String message) {
    assertThatThrownBy(() -> OnnxReader.read(model))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot read model " + model)
        .hasMessageContaining(message);
  }

  private Path model(String location, String offset, String length) throws IOException {
    GraphProto.Builder graph = graph();
    TensorProto.Builder weight =
        TensorProto.newBuilder()
            .setName("w")
            .setDataType(ElementType.FLOAT32.number())
            .addDims(3)
            .setDataLocation(ExternalData.EXTERNAL)
            .addExternalData(entry("location", location));
    if (!offset.isEmpty()) {
      weight.addExternalData(entry("offset", offset)).addExternalData(entry("length", length));
    }
    graph.addInitializer(weight);
    return write(graph);
  }

  private Path write(GraphProto.Builder graph) throws IOException {
    ModelProto.Builder model = ModelProto.parseFrom(bytes()).toBuilder().setGraph(graph);
    return Files.write(folder.resolve("model.onnx"), model.build().toByteArray());
  }

  private static GraphProto.Builder graph() throws IOException {
    return ModelProto.parseFrom(bytes()).getGraph().toBuilder();
  }

  private static ByteBuffer bytes() {
    ValueType type = ValueType.OfTensor.of(ElementType.FLOAT32, Dim.of(3));
    Graph graph =
        Graph.of(
            "g",
            List.of(Node.of("add", "Add", List.of("x", "w"), List.of("y"))),
            Map.of(),
            List.of(ValueInfo.of("x", type)),
            List.of(ValueInfo.of("y", type)));
    return ByteBuffer.wrap(OnnxWriter.toBytes(Model.of(graph)));
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
