package dev.retort.graph.onnx;

import dev.retort.graph.onnx.proto.TensorProto;
import dev.retort.tensor.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The typed fields of a tensor ({@code float_data} and its like) as raw little-endian bytes.
 *
 * <p>The format stores each 16-bit float as the int32 of its bits, and packed 4-bit elements as one
 * int32 a byte. Protobuf decodes these fields on the heap, unlike {@code raw_data}.
 */
final class TypedData {
  private static final int SMALL_BYTES = 1 << 16;

  private TypedData() {}

  static ByteBuffer toRaw(TensorProto tensor, ElementType type) {
    return switch (type) {
      case FLOAT32, COMPLEX64 -> floats(tensor);
      case FLOAT64, COMPLEX128 -> doubles(tensor);
      case INT64 -> longs(tensor);
      case UINT64 -> unsignedLongs(tensor, Long.BYTES);
      case UINT32 -> unsignedLongs(tensor, Integer.BYTES);
      default -> ints(tensor, Math.max(1, type.bits() / Byte.SIZE));
    };
  }

  private static ByteBuffer floats(TensorProto tensor) {
    ByteBuffer raw = allocate(tensor.getFloatDataCount(), Float.BYTES);
    for (int i = 0; i < tensor.getFloatDataCount(); i++) {
      raw.putFloat(tensor.getFloatData(i));
    }
    return raw.flip();
  }

  private static ByteBuffer doubles(TensorProto tensor) {
    ByteBuffer raw = allocate(tensor.getDoubleDataCount(), Double.BYTES);
    for (int i = 0; i < tensor.getDoubleDataCount(); i++) {
      raw.putDouble(tensor.getDoubleData(i));
    }
    return raw.flip();
  }

  private static ByteBuffer longs(TensorProto tensor) {
    ByteBuffer raw = allocate(tensor.getInt64DataCount(), Long.BYTES);
    for (int i = 0; i < tensor.getInt64DataCount(); i++) {
      raw.putLong(tensor.getInt64Data(i));
    }
    return raw.flip();
  }

  private static ByteBuffer unsignedLongs(TensorProto tensor, int width) {
    ByteBuffer raw = allocate(tensor.getUint64DataCount(), width);
    for (int i = 0; i < tensor.getUint64DataCount(); i++) {
      put(raw, tensor.getUint64Data(i), width);
    }
    return raw.flip();
  }

  private static ByteBuffer ints(TensorProto tensor, int width) {
    ByteBuffer raw = allocate(tensor.getInt32DataCount(), width);
    for (int i = 0; i < tensor.getInt32DataCount(); i++) {
      put(raw, tensor.getInt32Data(i), width);
    }
    return raw.flip();
  }

  private static void put(ByteBuffer raw, long value, int width) {
    switch (width) {
      case Byte.BYTES -> raw.put((byte) value);
      case Short.BYTES -> raw.putShort((short) value);
      case Integer.BYTES -> raw.putInt((int) value);
      default -> raw.putLong(value);
    }
  }

  private static ByteBuffer allocate(int elements, int width) {
    int byteLength = Math.multiplyExact(elements, width);
    ByteBuffer raw =
        byteLength <= SMALL_BYTES
            ? ByteBuffer.allocate(byteLength)
            : ByteBuffer.allocateDirect(byteLength);
    return raw.order(ByteOrder.LITTLE_ENDIAN);
  }
}
