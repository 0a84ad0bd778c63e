package dev.retort.graph.onnx;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.retort.graph.Dim;
import dev.retort.graph.Opaque;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.onnx.proto.TensorShapeProto;
import dev.retort.graph.onnx.proto.TypeProto;
import dev.retort.graph.onnx.proto.ValueInfoProto;
import dev.retort.tensor.ElementType;
import java.util.List;
import java.util.Optional;

/** Types and typed values between the file format and the IR. */
final class TypeCodec {
  private TypeCodec() {}

  static ValueInfo decode(ValueInfoProto proto) {
    ValueType type = type(proto.getType());
    ValueInfoProto.Builder extras = proto.toBuilder().clearName().clearDocString();
    if (encode(type).equals(proto.getType())) {
      extras.clearType();
    }
    return new ValueInfo(
        proto.getName(), type, proto.getDocString(), Opaque.of(extras.build().toByteArray()));
  }

  static ValueInfoProto encode(ValueInfo info) {
    ValueInfoProto.Builder proto = extras(info).setName(info.name());
    if (!info.documentation().isEmpty()) {
      proto.setDocString(info.documentation());
    }
    // The type as it was in the file says more (denotations), but only while it says the same.
    if (!proto.hasType() || !type(proto.getType()).equals(info.type())) {
      TypeProto type = encode(info.type());
      proto.clearType();
      if (!type.equals(TypeProto.getDefaultInstance())) {
        proto.setType(type);
      }
    }
    return proto.build();
  }

  private static ValueInfoProto.Builder extras(ValueInfo info) {
    try {
      return ValueInfoProto.parseFrom(info.extras().bytes()).toBuilder();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("extras of " + info.name() + " are no ValueInfoProto", e);
    }
  }

  private static ValueType type(TypeProto proto) {
    if (!proto.hasTensorType() || !isElementType(proto.getTensorType().getElemType())) {
      return new ValueType.Other(Opaque.of(proto.toByteArray()));
    }
    TypeProto.Tensor tensor = proto.getTensorType();
    ElementType elementType = ElementType.ofNumber(tensor.getElemType());
    Optional<List<Dim>> shape =
        tensor.hasShape()
            ? Optional.of(tensor.getShape().getDimList().stream().map(TypeCodec::dim).toList())
            : Optional.empty();
    return new ValueType.OfTensor(elementType, shape);
  }

  private static boolean isElementType(int number) {
    return number >= 1 && number <= ElementType.values().length;
  }

  /** Some exporters write an unknown size as -1 or as an empty name. */
  private static Dim dim(TensorShapeProto.Dimension proto) {
    return switch (proto.getValueCase()) {
      case DIM_VALUE -> proto.getDimValue() < 0 ? Dim.UNKNOWN : Dim.of(proto.getDimValue());
      case DIM_PARAM -> proto.getDimParam().isEmpty() ? Dim.UNKNOWN : Dim.of(proto.getDimParam());
      case VALUE_NOT_SET -> Dim.UNKNOWN;
    };
  }

  private static TypeProto encode(ValueType type) {
    if (type instanceof ValueType.Other other) {
      try {
        return TypeProto.parseFrom(other.encoded().bytes());
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalArgumentException("an encoded type is no TypeProto", e);
      }
    }
    ValueType.OfTensor tensor = (ValueType.OfTensor) type;
    TypeProto.Tensor.Builder proto =
        TypeProto.Tensor.newBuilder().setElemType(tensor.elementType().number());
    tensor.shape().ifPresent(shape -> proto.setShape(encode(shape)));
    return TypeProto.newBuilder().setTensorType(proto).build();
  }

  private static TensorShapeProto encode(List<Dim> shape) {
    TensorShapeProto.Builder proto = TensorShapeProto.newBuilder();
    for (Dim dim : shape) {
      TensorShapeProto.Dimension.Builder encoded = proto.addDimBuilder();
      if (dim instanceof Dim.Fixed fixed) {
        encoded.setDimValue(fixed.size());
      } else if (dim instanceof Dim.Symbolic symbolic) {
        encoded.setDimParam(symbolic.name());
      }
    }
    return proto.build();
  }
}
