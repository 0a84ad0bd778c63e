package dev.retort.graph.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.retort.graph.Attribute;
import dev.retort.graph.Opaque;
import dev.retort.graph.onnx.proto.AttributeProto;
import dev.retort.graph.onnx.proto.SparseTensorProto;
import dev.retort.graph.onnx.proto.TensorProto;
import dev.retort.tensor.Tensor;
import java.util.List;

/** Attributes between the file format and the IR. */
final class AttributeCodec {
  private AttributeCodec() {}

  static Attribute decode(Source source, AttributeProto proto) {
    if (!proto.getRefAttrName().isEmpty()) {
      return new Attribute.Reference(proto.getRefAttrName(), proto.getType());
    }
    return switch (kind(proto)) {
      case FLOAT -> new Attribute.Real(proto.getF());
      case INT -> new Attribute.Int(proto.getI());
      case STRING ->
          proto.getS().isValidUtf8()
              ? new Attribute.Text(proto.getS().toStringUtf8())
              : other(proto);
      case TENSOR -> new Attribute.Constant(TensorCodec.decode(source, proto.getT()));
      case GRAPH -> new Attribute.SubGraph(GraphCodec.decode(source, proto.getG()));
      case FLOATS -> new Attribute.Reals(proto.getFloatsList());
      case INTS -> new Attribute.Ints(proto.getIntsList());
      case STRINGS -> texts(proto);
      case TENSORS ->
          new Attribute.Constants(
              proto.getTensorsList().stream().map(t -> TensorCodec.decode(source, t)).toList());
      case GRAPHS ->
          new Attribute.SubGraphs(
              proto.getGraphsList().stream().map(g -> GraphCodec.decode(source, g)).toList());
      case OTHER -> {
        proto.getSparseTensorsList().forEach(t -> requireInline(source, t));
        requireInline(source, proto.getSparseTensor());
        yield other(proto);
      }
    };
  }

  /** The attribute, on top of what {@code extras} says. */
  static AttributeProto encode(
      String name, Attribute attribute, AttributeProto extras, Placement placement) {
    if (attribute instanceof Attribute.Other other) {
      return withoutData(parse(other.encoded()));
    }
    AttributeProto.Builder proto = extras.toBuilder().clearT().setName(name);
    AttributeKind kind = put(proto, attribute, extras.getT(), placement);
    return kind == AttributeKind.OTHER ? proto.build() : proto.setType(kind.number()).build();
  }

  /** What {@code proto} says beyond name, type and value; a tensor's name and text stay. */
  static AttributeProto extras(AttributeProto proto) {
    AttributeProto.Builder extras =
        proto.toBuilder()
            .clearType()
            .clearRefAttrName()
            .clearF()
            .clearI()
            .clearS()
            .clearT()
            .clearG()
            .clearFloats()
            .clearInts()
            .clearStrings()
            .clearTensors()
            .clearGraphs();
    if (proto.hasT()) {
      TensorProto tensor = TensorCodec.extras(proto.getT());
      if (tensor.getSerializedSize() > 0) {
        extras.setT(tensor);
      }
    }
    return extras.build();
  }

  private static AttributeKind put(
      AttributeProto.Builder proto,
      Attribute attribute,
      TensorProto tensorExtras,
      Placement placement) {
    if (attribute instanceof Attribute.Real real) {
      proto.setF(real.value());
      return AttributeKind.FLOAT;
    } else if (attribute instanceof Attribute.Int integer) {
      proto.setI(integer.value());
      return AttributeKind.INT;
    } else if (attribute instanceof Attribute.Text text) {
      proto.setS(ByteString.copyFromUtf8(text.value()));
      return AttributeKind.STRING;
    } else if (attribute instanceof Attribute.Constant constant) {
      proto.setT(encode(constant.value(), tensorExtras, placement));
      return AttributeKind.TENSOR;
    } else if (attribute instanceof Attribute.SubGraph graph) {
      proto.setG(GraphCodec.encode(graph.value(), placement));
      return AttributeKind.GRAPH;
    }
    return putList(proto, attribute, placement);
  }

  private static AttributeKind putList(
      AttributeProto.Builder proto, Attribute attribute, Placement placement) {
    if (attribute instanceof Attribute.Reals reals) {
      proto.addAllFloats(reals.values());
      return AttributeKind.FLOATS;
    } else if (attribute instanceof Attribute.Ints ints) {
      proto.addAllInts(ints.values());
      return AttributeKind.INTS;
    } else if (attribute instanceof Attribute.Texts texts) {
      texts.values().forEach(text -> proto.addStrings(ByteString.copyFromUtf8(text)));
      return AttributeKind.STRINGS;
    } else if (attribute instanceof Attribute.Constants constants) {
      TensorProto none = TensorProto.getDefaultInstance();
      constants.values().forEach(t -> proto.addTensors(encode(t, none, placement)));
      return AttributeKind.TENSORS;
    } else if (attribute instanceof Attribute.SubGraphs graphs) {
      graphs.values().forEach(g -> proto.addGraphs(GraphCodec.encode(g, placement)));
      return AttributeKind.GRAPHS;
    }
    Attribute.Reference reference = (Attribute.Reference) attribute;
    proto.setRefAttrName(reference.name()).setType(reference.typeNumber());
    return AttributeKind.OTHER;
  }

  /** Runtimes read external data of initializers only, so a node's tensor stays in the model. */
  private static TensorProto encode(Tensor tensor, TensorProto extras, Placement placement) {
    TensorProto.Builder proto = extras.toBuilder();
    placement.placeInside(proto, tensor);
    return proto.build();
  }

  /** Files before IR version 2 do not state the type. */
  private static AttributeKind kind(AttributeProto proto) {
    if (proto.getType() != 0) {
      return AttributeKind.ofNumber(proto.getType());
    } else if (proto.hasF()) {
      return AttributeKind.FLOAT;
    } else if (proto.hasI()) {
      return AttributeKind.INT;
    } else if (proto.hasS()) {
      return AttributeKind.STRING;
    } else if (proto.hasT()) {
      return AttributeKind.TENSOR;
    } else if (proto.hasG()) {
      return AttributeKind.GRAPH;
    }
    return listKind(proto);
  }

  private static AttributeKind listKind(AttributeProto proto) {
    if (proto.getFloatsCount() > 0) {
      return AttributeKind.FLOATS;
    } else if (proto.getIntsCount() > 0) {
      return AttributeKind.INTS;
    } else if (proto.getStringsCount() > 0) {
      return AttributeKind.STRINGS;
    } else if (proto.getTensorsCount() > 0) {
      return AttributeKind.TENSORS;
    }
    return proto.getGraphsCount() > 0 ? AttributeKind.GRAPHS : AttributeKind.OTHER;
  }

  private static Attribute texts(AttributeProto proto) {
    List<ByteString> strings = proto.getStringsList();
    return strings.stream().allMatch(ByteString::isValidUtf8)
        ? new Attribute.Texts(strings.stream().map(ByteString::toStringUtf8).toList())
        : other(proto);
  }

  private static Attribute other(AttributeProto proto) {
    return new Attribute.Other(Opaque.of(withoutData(proto).toByteArray()));
  }

  /** Fields that an attribute of another type does not use: they would hold references to data. */
  private static AttributeProto withoutData(AttributeProto proto) {
    return proto.toBuilder().clearT().clearTensors().clearG().clearGraphs().build();
  }

  /** A sparse tensor is kept as it is, so a path in it would be neither checked nor moved. */
  static void requireInline(Source source, SparseTensorProto tensor) {
    if (ExternalData.isExternal(tensor.getValues())
        || ExternalData.isExternal(tensor.getIndices())) {
      throw source.refuse(
          "sparse tensor '%s' has external data, must be in the model; export the model again"
              .formatted(tensor.getValues().getName()));
    }
  }

  private static AttributeProto parse(Opaque encoded) {
    try {
      return AttributeProto.parseFrom(encoded.bytes());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("an encoded attribute is no AttributeProto", e);
    }
  }
}
