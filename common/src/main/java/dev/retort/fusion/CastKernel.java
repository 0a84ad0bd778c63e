package dev.retort.fusion;

import dev.retort.tensor.ElementType;
import dev.retort.tensor.Float16;
import dev.retort.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Cast between FLOAT32, FLOAT64, FLOAT16, INT64, INT32, INT8, UINT8 and BOOL: to nearest between
 * floating-point types and from integers, towards zero to integers, modulo the width between
 * integers. A floating-point value that the integer type has not is refused, for there the
 * runtime's result depends on the processor.
 */
final class CastKernel {
  private CastKernel() {}

  static Tensor cast(ConstantCall call) {
    Tensor data = call.input(0);
    ElementType to = ElementType.ofNumber((int) call.node().intAttribute("to", 0));
    requireWhole(data.type());
    requireWhole(to);
    call.checked(to, data.dims().toArray());
    ByteBuffer out =
        ByteBuffer.allocate(Math.toIntExact(to.byteLength(data.elementCount())))
            .order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer in = data.bytes();
    for (long i = data.elementCount(); i > 0; i--) {
      if (data.type().isFloat()) {
        put(real(in, data.type()), to, out);
      } else {
        put(integer(in, data.type()), to, out);
      }
    }
    return Tensor.of(to, data.dims(), out.flip());
  }

  private static void requireWhole(ElementType type) {
    if (type.bits() < Byte.SIZE) {
      throw unsupported(type);
    }
  }

  private static double real(ByteBuffer in, ElementType type) {
    return switch (type) {
      case FLOAT32 -> in.getFloat();
      case FLOAT64 -> in.getDouble();
      case FLOAT16 -> Float16.toFloat(in.getShort());
      default -> throw unsupported(type);
    };
  }

  private static long integer(ByteBuffer in, ElementType type) {
    return switch (type) {
      case INT64 -> in.getLong();
      case INT32 -> in.getInt();
      case INT8 -> in.get();
      case UINT8, BOOL -> Byte.toUnsignedLong(in.get());
      default -> throw unsupported(type);
    };
  }

  private static void put(double value, ElementType to, ByteBuffer out) {
    switch (to) {
      case FLOAT32 -> out.putFloat((float) value);
      case FLOAT64 -> out.putDouble(value);
      case FLOAT16 -> out.putShort(Float16.fromFloat((float) value));
      case BOOL -> out.put((byte) (value != 0 ? 1 : 0));
      default -> put(truncated(value, to), to, out);
    }
  }

  private static void put(long value, ElementType to, ByteBuffer out) {
    switch (to) {
      case FLOAT32 -> out.putFloat((float) value);
      case FLOAT64 -> out.putDouble((double) value);
      case FLOAT16 -> out.putShort(Float16.fromFloat((float) value));
      case BOOL -> out.put((byte) (value != 0 ? 1 : 0));
      case INT64 -> out.putLong(value);
      case INT32 -> out.putInt((int) value);
      case INT8, UINT8 -> out.put((byte) value);
      default -> throw unsupported(to);
    }
  }

  private static long truncated(double value, ElementType to) {
    boolean unsigned = to == ElementType.UINT8;
    double least = unsigned ? 0 : -Math.scalb(1.0, to.bits() - 1);
    double beyond = Math.scalb(1.0, unsigned ? to.bits() : to.bits() - 1);
    double whole = value < 0 ? Math.ceil(value) : Math.floor(value);
    ConstantCall.require(
        whole >= least && whole < beyond, "%s has no value %s".formatted(to, value));
    return (long) whole;
  }

  private static NotFoldableException unsupported(ElementType type) {
    return new NotFoldableException("%s is not evaluated".formatted(type));
  }
}
