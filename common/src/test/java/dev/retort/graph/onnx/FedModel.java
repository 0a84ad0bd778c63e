package dev.retort.graph.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import dev.retort.graph.onnx.proto.AttributeProto;
import dev.retort.graph.onnx.proto.GraphProto;
import dev.retort.graph.onnx.proto.ModelProto;
import dev.retort.graph.onnx.proto.NodeProto;
import dev.retort.graph.onnx.proto.TensorProto;
import dev.retort.graph.onnx.proto.TypeProto;
import dev.retort.graph.onnx.proto.ValueInfoProto;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Puts the inputs of a test into its model as defaults of the graph's inputs, because ONNX Runtime
 * for Java takes neither sequences nor unsigned integers. Sequences and optional values are
 * constructed by nodes.
 */
public final class FedModel {
  private static final int VALUES = 3;
  private static final int SEQUENCE = 5;
  private static final int INT32 = 6;

  private final GraphProto.Builder graph;
  private final List<NodeProto> nodes = new ArrayList<>();

  private FedModel(GraphProto.Builder graph) {
    this.graph = graph;
  }

  /** {@code model}, which needs no inputs any more; {@code inputs} are its first ones. */
  public static byte[] feed(byte[] model, List<byte[]> inputs) {
    try {
      ModelProto.Builder proto = ModelProto.parseFrom(model).toBuilder();
      FedModel fed = new FedModel(proto.getGraphBuilder());
      fed.joinIntSequences();
      List<ValueInfoProto> infos = List.copyOf(proto.getGraph().getInputList());
      for (int i = 0; i < inputs.size(); i++) {
        fed.put(infos.get(i), inputs.get(i));
      }
      fed.nodes.addAll(fed.graph.getNodeList());
      proto.getGraphBuilder().clearNode().addAllNode(fed.nodes);
      return proto.build().toByteArray();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** ONNX Runtime for Java does not return sequences of int32: their concatenation is returned. */
  private void joinIntSequences() throws InvalidProtocolBufferException {
    for (ValueInfoProto output : List.copyOf(graph.getOutputList())) {
      if (output.getType().hasSequenceType()
          && elementNumber(output.getType().getSequenceType()) == INT32) {
        String joined = output.getName() + "_joined";
        graph.addNode(
            NodeProto.newBuilder()
                .setOpType("ConcatFromSequence")
                .addInput(output.getName())
                .addOutput(joined)
                .addAttribute(AttributeProto.newBuilder().setName("axis").setType(2).setI(0)));
        graph.removeOutput(graph.getOutputList().indexOf(output));
        graph.addOutput(ValueInfoProto.newBuilder().setName(joined));
      }
    }
  }

  private static int elementNumber(ByteString sequence) throws InvalidProtocolBufferException {
    return TypeProto.parseFrom(wrapped(sequence)).getTensorType().getElemType();
  }

  private void put(ValueInfoProto info, byte[] value) throws InvalidProtocolBufferException {
    String name = info.getName();
    TypeProto type = info.getType();
    if (type.hasTensorType()) {
      tensor(info, TensorProto.parseFrom(value));
      return;
    }
    UnknownFieldSet fields = UnknownFieldSet.parseFrom(value);
    graph.removeInput(indexOf(info));
    if (type.hasSequenceType()) {
      sequence(name, fields);
      return;
    }
    NodeProto.Builder optional = NodeProto.newBuilder().setOpType("Optional").addOutput(name);
    TypeProto element = TypeProto.parseFrom(wrapped(type.getOptionalType()));
    if (fields.hasField(VALUES)) {
      List<String> values = tensors(name, fields);
      optional.addInput(values.get(0));
    } else if (fields.hasField(SEQUENCE)) {
      sequence(name + "_value", UnknownFieldSet.parseFrom(only(fields, SEQUENCE)));
      optional.addInput(name + "_value");
    } else {
      optional.addAttribute(AttributeProto.newBuilder().setName("type").setType(13).setTp(element));
    }
    nodes.add(optional.build());
  }

  /**
   * Some data of type bfloat16 is stored as uint16, and the dimensions of some differ from what the
   * model states.
   */
  private void tensor(ValueInfoProto info, TensorProto value) {
    TypeProto.Tensor type = info.getType().getTensorType();
    boolean fits =
        IntStream.range(0, type.getShape().getDimCount())
            .allMatch(
                i ->
                    !type.getShape().getDim(i).hasDimValue()
                        || (i < value.getDimsCount()
                            && type.getShape().getDim(i).getDimValue() == value.getDims(i)));
    if (!fits) {
      graph.getInputBuilder(indexOf(info)).getTypeBuilder().getTensorTypeBuilder().clearShape();
    }
    graph.addInitializer(value.toBuilder().setName(info.getName()).setDataType(type.getElemType()));
  }

  private void sequence(String name, UnknownFieldSet fields) throws InvalidProtocolBufferException {
    List<String> values = tensors(name, fields);
    nodes.add(
        NodeProto.newBuilder()
            .setOpType(values.isEmpty() ? "SequenceEmpty" : "SequenceConstruct")
            .addAllInput(values)
            .addOutput(name)
            .build());
  }

  private List<String> tensors(String name, UnknownFieldSet fields)
      throws InvalidProtocolBufferException {
    List<String> names = new ArrayList<>();
    for (ByteString tensor : fields.getField(VALUES).getLengthDelimitedList()) {
      names.add(name + "_element" + names.size());
      graph.addInitializer(
          TensorProto.parseFrom(tensor).toBuilder().setName(names.get(names.size() - 1)));
    }
    return names;
  }

  /** The type inside a sequence or optional type: its field 1. */
  private static ByteString wrapped(ByteString type) throws InvalidProtocolBufferException {
    return only(UnknownFieldSet.parseFrom(type), 1);
  }

  private static ByteString only(UnknownFieldSet fields, int number) {
    return fields.getField(number).getLengthDelimitedList().get(0);
  }

  private int indexOf(ValueInfoProto info) {
    return graph.getInputList().indexOf(info);
  }
}
