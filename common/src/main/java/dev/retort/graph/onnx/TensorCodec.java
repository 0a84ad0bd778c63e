package dev.retort.graph.onnx;

import com.google.protobuf.ByteString;
import dev.retort.error.UnsupportedModelError;
import dev.retort.graph.onnx.proto.TensorProto;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import dev.retort.tensor.TensorData;
import java.nio.ByteBuffer;

/** Tensors between the file format and the IR; their data is a view, never a copy. */
final class TensorCodec {
  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

  private TensorCodec() {}

  static Tensor decode(Source source, TensorProto proto) {
    ElementType type = elementType(source, proto);
    if (proto.hasSegment()) {
      throw new UnsupportedModelError(
          "Cannot read model %s: tensor '%s' is stored in segments, must be whole; export the model again"
              .formatted(source.label(), proto.getName()));
    }
    try {
      Dims dims = Dims.of(proto.getDimsList().stream().mapToLong(Long::longValue).toArray());
      return new Tensor(type, dims, data(source, proto, type, dims));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw source.refuse(
          "tensor '%s' does not fit its dimensions (%s); the file may be damaged"
              .formatted(proto.getName(), e.getMessage()),
          e);
    }
  }

  /** Type and dimensions of {@code tensor}. */
  static void describe(TensorProto.Builder proto, Tensor tensor) {
    proto.setDataType(tensor.type().number()).clearDims();
    for (long size : tensor.dims().toArray()) {
      proto.addDims(size);
    }
  }

  /** What {@code proto} says beyond its name, type, dimensions and data. */
  static TensorProto extras(TensorProto proto) {
    return proto.toBuilder()
        .clearDims()
        .clearDataType()
        .clearFloatData()
        .clearInt32Data()
        .clearStringData()
        .clearInt64Data()
        .clearRawData()
        .clearDoubleData()
        .clearUint64Data()
        .clearExternalData()
        .clearDataLocation()
        .build();
  }

  private static ElementType elementType(Source source, TensorProto proto) {
    try {
      return ElementType.ofNumber(proto.getDataType());
    } catch (UnsupportedModelError e) {
      throw new UnsupportedModelError(
          "Cannot read model %s: tensor '%s' has element type %d, must be 1 to %d; export the model again"
              .formatted(
                  source.label(),
                  proto.getName(),
                  proto.getDataType(),
                  ElementType.values().length),
          e);
    }
  }

  private static TensorData data(Source source, TensorProto proto, ElementType type, Dims dims) {
    if (type == ElementType.STRING) {
      return strings(source, proto);
    }
    long byteLength = type.byteLength(dims.elementCount());
    if (ExternalData.isExternal(proto)) {
      return ExternalData.locate(source, proto, byteLength);
    }
    ByteBuffer raw = proto.hasRawData() ? source.data(proto.getRawData()) : EMPTY;
    return new TensorData.Inline(
        raw.hasRemaining() || byteLength == 0 ? raw : TypedData.toRaw(proto, type));
  }

  private static TensorData.Strings strings(Source source, TensorProto proto) {
    if (!proto.getStringDataList().stream().allMatch(ByteString::isValidUtf8)) {
      throw new UnsupportedModelError(
          "Cannot read model %s: string tensor '%s' holds bytes that are no UTF-8; export the model again"
              .formatted(source.label(), proto.getName()));
    }
    return new TensorData.Strings(
        proto.getStringDataList().stream().map(ByteString::toStringUtf8).toList());
  }
}
