package dev.retort.graph.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import dev.retort.error.UnsupportedModelError;
import dev.retort.error.UserError;
import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import dev.retort.graph.Model;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.onnx.proto.AttributeProto;
import dev.retort.graph.onnx.proto.FunctionProto;
import dev.retort.graph.onnx.proto.GraphProto;
import dev.retort.graph.onnx.proto.ModelProto;
import dev.retort.graph.onnx.proto.NodeProto;
import dev.retort.graph.onnx.proto.OperatorSetIdProto;
import dev.retort.graph.onnx.proto.SparseTensorProto;
import dev.retort.graph.onnx.proto.StringStringEntryProto;
import dev.retort.graph.onnx.proto.TensorAnnotation;
import dev.retort.graph.onnx.proto.TensorProto;
import dev.retort.graph.onnx.proto.TensorShapeProto;
import dev.retort.graph.onnx.proto.TypeProto;
import dev.retort.graph.onnx.proto.ValueInfoProto;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a file says beyond the IR comes out of a round trip as it went in. */
class RoundTripTest {
  private static final UnknownFieldSet UNKNOWN =
      UnknownFieldSet.newBuilder()
          .addField(
              999,
              UnknownFieldSet.Field.newBuilder()
                  .addVarint(7)
                  .addLengthDelimited(ByteString.copyFromUtf8("later"))
                  .addGroup(
                      UnknownFieldSet.newBuilder()
                          .addField(1, UnknownFieldSet.Field.newBuilder().addFixed64(3).build())
                          .build())
                  .build())
          .build();

  @Test
  void everythingThatAFileCanSaySurvives() throws IOException {
    ModelProto proto = everything();
    assertThat(roundTrip(proto)).isEqualTo(proto);
    ModelProto normalised =
        ModelProto.parseFrom(OnnxWriter.toBytes(OnnxReader.parse(buffer(proto), Path.of("."))));
    assertThat(normalised.getUnknownFields()).isEqualTo(UNKNOWN);
    assertThat(normalised.getTrainingInfoList()).isEqualTo(proto.getTrainingInfoList());
    assertThat(normalised.getFunctionsList()).isEqualTo(proto.getFunctionsList());
    assertThat(normalised.getGraph().getQuantizationAnnotationList())
        .isEqualTo(proto.getGraph().getQuantizationAnnotationList());
  }

  @Test
  void aTypeThatWasEditedIsWrittenWithoutItsOldDenotation() {
    ValueInfoProto proto = ValueInfoProto.newBuilder().setName("x").setType(denotedType(2)).build();
    ValueInfo info = TypeCodec.decode(proto);
    assertThat(TypeCodec.encode(info)).isEqualTo(proto);
    ValueInfo edited = info.withType(ValueType.OfTensor.of(ElementType.FLOAT16, Dim.of("N")));
    assertThat(TypeCodec.decode(TypeCodec.encode(edited)).type()).isEqualTo(edited.type());
    assertThat(TypeCodec.encode(edited).getType().hasDenotation()).isFalse();
  }

  @Test
  void unknownSizesAreUnknownHoweverTheyAreWritten() {
    TensorShapeProto shape =
        TensorShapeProto.newBuilder()
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(-1))
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(""))
            .addDim(TensorShapeProto.Dimension.newBuilder())
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("N"))
            .build();
    TypeProto type =
        TypeProto.newBuilder()
            .setTensorType(TypeProto.Tensor.newBuilder().setElemType(1).setShape(shape))
            .build();
    ValueInfo info = TypeCodec.decode(ValueInfoProto.newBuilder().setType(type).build());
    assertThat(info.type())
        .isEqualTo(
            ValueType.OfTensor.of(
                ElementType.FLOAT32, Dim.UNKNOWN, Dim.UNKNOWN, Dim.UNKNOWN, Dim.of("N")));
  }

  @Test
  void attributesOfFilesBeforeTypesWereStatedAreUnderstood() {
    Map<AttributeProto.Builder, Attribute> cases =
        Map.of(
            attribute().setF(2), new Attribute.Real(2),
            attribute().setI(3), new Attribute.Int(3),
            attribute().setS(ByteString.copyFromUtf8("s")), new Attribute.Text("s"),
            attribute().addInts(1).addInts(2), Attribute.ofInts(1, 2),
            attribute().addFloats(1), new Attribute.Reals(List.of(1f)),
            attribute().addStrings(ByteString.copyFromUtf8("t")),
                new Attribute.Texts(List.of("t")));
    cases.forEach((proto, attribute) -> assertThat(decode(proto.build())).isEqualTo(attribute));
    assertThat(decode(attribute().setT(int64(5)).build()))
        .isEqualTo(new Attribute.Constant(Tensor.scalar(5L)));
    assertThat(decode(attribute().addTensors(int64(5)).build()))
        .isEqualTo(new Attribute.Constants(List.of(Tensor.scalar(5L))));
    assertThat(decode(attribute().setG(GraphProto.getDefaultInstance()).build()))
        .isInstanceOf(Attribute.SubGraph.class);
    assertThat(decode(attribute().addGraphs(GraphProto.getDefaultInstance()).build()))
        .isInstanceOf(Attribute.SubGraphs.class);
    assertThat(decode(attribute().build())).isInstanceOf(Attribute.Other.class);
  }

  @Test
  void anInitializerOrAnAttributeThatIsGivenTwiceIsRefused() {
    ModelProto.Builder twice = everything().toBuilder();
    twice.getGraphBuilder().addInitializer(twice.getGraph().getInitializer(0));
    assertThatThrownBy(() -> roundTrip(twice.build()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("initializer 'w' is given twice");
    ModelProto.Builder attribute = everything().toBuilder();
    NodeProto.Builder node = attribute.getGraphBuilder().getNodeBuilder(0);
    node.addAttribute(node.getAttribute(0));
    assertThatThrownBy(() -> roundTrip(attribute.build()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("has attribute 'a_float' twice");
  }

  @Test
  void partsOfTheFormatThatTheModelCannotHoldAreNamed() {
    assertUnsupported(
        int64(1).toBuilder().setSegment(TensorProto.Segment.newBuilder().setEnd(1)).build(),
        "tensor 't' is stored in segments, must be whole");
    assertUnsupported(
        int64(1).toBuilder().setDataType(99).build(),
        "tensor 't' has element type 99, must be 1 to 26");
    TensorProto bytes =
        TensorProto.newBuilder()
            .setName("t")
            .setDataType(ElementType.STRING.number())
            .addStringData(ByteString.copyFrom(new byte[] {(byte) 0xFF}))
            .build();
    assertUnsupported(bytes, "string tensor 't' holds bytes that are no UTF-8");
  }

  @Test
  void dataThatDoesNotFitItsDimensionsIsRefused() {
    for (TensorProto tensor :
        List.of(
            int64(1).toBuilder().addDims(3).build(),
            int64(1).toBuilder().addDims(-1).build(),
            int64(1).toBuilder().addDims(1L << 40).addDims(1L << 40).build(),
            int64(1).toBuilder().addDims(1L << 62).build())) {
      assertThatThrownBy(() -> roundTrip(withInitializer(tensor)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("tensor 't' does not fit its dimensions");
    }
  }

  private static void assertUnsupported(TensorProto tensor, String message) {
    assertThatThrownBy(() -> roundTrip(withInitializer(tensor)))
        .isInstanceOf(UnsupportedModelError.class)
        .hasMessageStartingWith("Cannot read model in memory: " + message);
  }

  private static ModelProto withInitializer(TensorProto tensor) {
    ModelProto.Builder model = everything().toBuilder();
    model.getGraphBuilder().addInitializer(tensor);
    return model.build();
  }

  private static Attribute decode(AttributeProto proto) {
    ModelProto.Builder model = everything().toBuilder();
    model.getGraphBuilder().getNodeBuilder(0).clearAttribute().addAttribute(proto);
    Model read = OnnxReader.parseAsIs(buffer(model.build()), Path.of("."));
    return read.graph().nodes().get(0).attributes().get(proto.getName());
  }

  private static ModelProto roundTrip(ModelProto proto) throws IOException {
    Model model = OnnxReader.parseAsIs(buffer(proto), Path.of("."));
    return ModelProto.parseFrom(OnnxWriter.toBytes(model));
  }

  private static ByteBuffer buffer(Message message) {
    return ByteBuffer.wrap(message.toByteArray());
  }

  private static AttributeProto.Builder attribute() {
    return AttributeProto.newBuilder().setName("a");
  }

  private static TensorProto int64(long value) {
    return TensorProto.newBuilder()
        .setName("t")
        .setDataType(ElementType.INT64.number())
        .addInt64Data(value)
        .build();
  }

  private static TypeProto denotedType(long size) {
    return TypeProto.newBuilder()
        .setDenotation("IMAGE")
        .setTensorType(
            TypeProto.Tensor.newBuilder()
                .setElemType(1)
                .setShape(
                    TensorShapeProto.newBuilder()
                        .addDim(
                            TensorShapeProto.Dimension.newBuilder()
                                .setDimValue(size)
                                .setDenotation("DATA_CHANNEL"))))
        .build();
  }

  private static TensorProto raw(String name) {
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(1)
        .addDims(1)
        .setRawData(ByteString.copyFrom(new byte[] {0, 0, (byte) 0x80, 0x3F}))
        .setDocString("about " + name)
        .setUnknownFields(UNKNOWN)
        .build();
  }

  /** One of everything in the format; all tensors have raw data. */
  private static ModelProto everything() {
    SparseTensorProto sparse =
        SparseTensorProto.newBuilder()
            .setValues(raw("sparse"))
            .setIndices(int64(0))
            .addDims(4)
            .build();
    NodeProto call =
        NodeProto.newBuilder()
            .setName("inner")
            .setOpType("Relu")
            .addInput("x")
            .addOutput("inner_y")
            .setUnknownFields(UNKNOWN)
            .build();
    GraphProto inner =
        GraphProto.newBuilder()
            .setName("inner")
            .addNode(call)
            .addInitializer(raw("inner_w"))
            .addOutput(ValueInfoProto.newBuilder().setName("inner_y"))
            .setUnknownFields(UNKNOWN)
            .build();
    NodeProto node =
        NodeProto.newBuilder()
            .setName("custom")
            .setOpType("Custom")
            .setDomain("some.domain")
            .setDocString("a node")
            .addInput("x")
            .addInput("")
            .addInput("w")
            .addOutput("y")
            .addAttribute(named("a_float", 1).setF(1.5f).setDocString("a number"))
            .addAttribute(named("an_int", 2).setI(-4))
            .addAttribute(named("a_string", 3).setS(ByteString.copyFromUtf8("\u00fc")))
            .addAttribute(named("bytes", 3).setS(ByteString.copyFrom(new byte[] {(byte) 0xFE})))
            .addAttribute(named("a_tensor", 4).setT(raw("attribute tensor")))
            .addAttribute(named("a_graph", 5).setG(inner))
            .addAttribute(named("floats", 6).addFloats(1).addFloats(2))
            .addAttribute(named("ints", 7).addInts(3).addInts(4))
            .addAttribute(named("strings", 8).addStrings(ByteString.copyFromUtf8("s")))
            .addAttribute(
                named("byte strings", 8).addStrings(ByteString.copyFrom(new byte[] {(byte) 0xFE})))
            .addAttribute(
                named("tensors", 9)
                    .addTensors(
                        raw("").toBuilder()
                            .clearName()
                            .clearDocString()
                            .setUnknownFields(UnknownFieldSet.getDefaultInstance())))
            .addAttribute(named("graphs", 10).addGraphs(inner))
            .addAttribute(named("sparse", 11).setSparseTensor(sparse))
            .addAttribute(named("sparse tensors", 12).addSparseTensors(sparse))
            .addAttribute(named("type", 13).setTp(denotedType(1)))
            .addAttribute(named("types", 14).addTypeProtos(denotedType(1)))
            .setUnknownFields(UNKNOWN)
            .build();
    GraphProto graph =
        GraphProto.newBuilder()
            .setName("everything")
            .setDocString("a graph")
            .addNode(node)
            .addInitializer(raw("w"))
            .addSparseInitializer(sparse)
            .addInput(info("x", denotedType(1)).setDocString("an input"))
            .addInput(info("s", sequenceType()))
            .addInput(ValueInfoProto.newBuilder().setName("untyped"))
            .addOutput(info("y", denotedType(1)).setUnknownFields(UNKNOWN))
            .addValueInfo(info("w", denotedType(1)))
            .addQuantizationAnnotation(
                TensorAnnotation.newBuilder()
                    .setTensorName("w")
                    .addQuantParameterTensorNames(entry("SCALE_TENSOR", "s")))
            .setUnknownFields(UNKNOWN)
            .build();
    FunctionProto function =
        FunctionProto.newBuilder()
            .setDomain("some.domain")
            .setName("F")
            .addInput("a")
            .addOutput("b")
            .addAttribute("alpha")
            .addNode(
                NodeProto.newBuilder()
                    .setOpType("Elu")
                    .addInput("a")
                    .addOutput("b")
                    .addAttribute(named("alpha", 1).setRefAttrName("alpha"))
                    .addAttribute(named("t", 4).setT(raw("function tensor"))))
            .setDocString("a function")
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(17))
            .setUnknownFields(UNKNOWN)
            .build();
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .setProducerName("test")
        .setProducerVersion("1")
        .setDomain("dev.retort")
        .setModelVersion(3)
        .setDocString("a model")
        .setGraph(graph)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(17))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("some.domain").setVersion(1))
        .addMetadataProps(entry("key", "value"))
        .addTrainingInfo(GraphProto.newBuilder().setName("training").build().toByteString())
        .addFunctions(function)
        .setUnknownFields(UNKNOWN)
        .build();
  }

  private static AttributeProto.Builder named(String name, int type) {
    return AttributeProto.newBuilder().setName(name).setType(type);
  }

  private static ValueInfoProto.Builder info(String name, TypeProto type) {
    return ValueInfoProto.newBuilder().setName(name).setType(type);
  }

  private static TypeProto sequenceType() {
    return TypeProto.newBuilder()
        .setSequenceType(ByteString.copyFrom(new byte[] {10, 2, 10, 0}))
        .build();
  }

  private static StringStringEntryProto.Builder entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value);
  }
}
