package dev.retort.graph.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.retort.error.UserError;
import dev.retort.graph.onnx.NodeTests.NodeTest;
import dev.retort.graph.onnx.proto.AttributeProto;
import dev.retort.graph.onnx.proto.GraphProto;
import dev.retort.graph.onnx.proto.ModelProto;
import dev.retort.graph.onnx.proto.NodeProto;
import dev.retort.tensor.TensorData;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Data is taken out of an encoded model and put back. */
class DataSplitterTest {
  @Test
  void splittingAndJoiningGivesTheSameBytesForEveryModelOfTheBackendTests() {
    int withData = 0;
    for (NodeTest test : NodeTests.all()) {
      DataSplitter.Split split = DataSplitter.split(ByteBuffer.wrap(test.model()));
      List<TensorData> data =
          split.data().stream().<TensorData>map(TensorData.Inline::new).toList();
      assertThat(join(split.skeleton().array(), data)).as(test.name()).isEqualTo(test.model());
      withData += data.isEmpty() ? 0 : 1;
    }
    assertThat(withData).isGreaterThan(50);
  }

  @Test
  void theSkeletonHasNoData() {
    ModelProto.Builder model = ModelProto.newBuilder();
    model.getGraphBuilder().addInitializerBuilder().setRawData(ByteString.copyFrom(new byte[9999]));
    DataSplitter.Split split = DataSplitter.split(buffer(model.build()));
    assertThat(split.skeleton().remaining()).isLessThan(50);
    assertThat(split.data()).containsExactly(ByteBuffer.allocate(9999));
  }

  @Test
  void brokenFieldsAreMalformed() {
    malformed("field number 0", 0, 0);
    malformed("wire type 7", 15, 0);
    malformed("wire type 4", 12);
    malformed("a number that ends too early", 8, 0x80);
    malformed(
        "a number of more than 10 bytes", 8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255);
    malformed("a field of 5 bytes", 10, 5, 1);
    malformed("a field of 8 bytes", 9, 1, 2);
    malformed("a number that ends too early", 11, 8, 1);
    byte[] groups = new byte[1000];
    Arrays.fill(groups, (byte) 11);
    assertThatThrownBy(() -> DataSplitter.split(ByteBuffer.wrap(groups)))
        .isInstanceOf(WireFields.Malformed.class)
        .hasMessage("it has groups nested deeper than 100");
  }

  @Test
  void graphsInGraphsWithoutEndAreRefused() {
    GraphProto graph = GraphProto.newBuilder().setName("g").build();
    for (int i = 0; i < 200; i++) {
      AttributeProto body = AttributeProto.newBuilder().setName("body").setG(graph).build();
      graph = GraphProto.newBuilder().addNode(NodeProto.newBuilder().addAttribute(body)).build();
    }
    ByteBuffer model = buffer(ModelProto.newBuilder().setGraph(graph).build());
    assertThatThrownBy(() -> OnnxReader.parse(model, Path.of(".")))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot read model in memory: it is no ONNX file")
        .hasRootCauseMessage("it has graphs nested deeper than 100");
  }

  private static void malformed(String message, int... bytes) {
    ByteBuffer buffer = ByteBuffer.allocate(bytes.length);
    Arrays.stream(bytes).forEach(b -> buffer.put((byte) b));
    assertThatThrownBy(() -> DataSplitter.split(buffer.flip()))
        .isInstanceOf(WireFields.Malformed.class)
        .hasMessageContaining(message);
  }

  private static byte[] join(byte[] skeleton, List<TensorData> data) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (TensorData piece : DataJoiner.join(skeleton, data)) {
      ByteBuffer bytes = ((TensorData.Inline) piece).bytes();
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      all.writeBytes(copy);
    }
    return all.toByteArray();
  }

  private static ByteBuffer buffer(ModelProto model) {
    return ByteBuffer.wrap(model.toByteArray());
  }
}
