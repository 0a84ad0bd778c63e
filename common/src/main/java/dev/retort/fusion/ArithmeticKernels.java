package dev.retort.fusion;

import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;

/**
 * Element-wise arithmetic in the operands' own type: IEEE 754 to nearest for FLOAT32 and FLOAT64,
 * two's complement for INT32 and INT64. No other type is evaluated.
 */
final class ArithmeticKernels {
  /** An operation on floats, with the same operation on doubles and on integers. */
  private record Operation(
      FloatOperator ofFloats, DoubleOperator ofDoubles, LongBinaryOperator ofLongs) {}

  private interface FloatOperator {
    float apply(float left, float right);
  }

  private interface DoubleOperator {
    double apply(double left, double right);
  }

  private static final Operation ADD =
      new Operation((a, b) -> a + b, (a, b) -> a + b, (a, b) -> a + b);
  private static final Operation SUBTRACT =
      new Operation((a, b) -> a - b, (a, b) -> a - b, (a, b) -> a - b);
  private static final Operation MULTIPLY =
      new Operation((a, b) -> a * b, (a, b) -> a * b, (a, b) -> a * b);
  private static final Operation DIVIDE =
      new Operation((a, b) -> a / b, (a, b) -> a / b, ArithmeticKernels::quotient);

  private ArithmeticKernels() {}

  static Tensor add(ConstantCall call) {
    return binary(call, ADD);
  }

  static Tensor subtract(ConstantCall call) {
    return binary(call, SUBTRACT);
  }

  static Tensor multiply(ConstantCall call) {
    return binary(call, MULTIPLY);
  }

  static Tensor divide(ConstantCall call) {
    return binary(call, DIVIDE);
  }

  static Tensor negate(ConstantCall call) {
    Tensor data = call.input(0);
    return data.type().isFloat()
        ? unary(call, x -> -x)
        : apply(data.type(), data.dims(), zeros(data), data, SUBTRACT);
  }

  static Tensor squareRoot(ConstantCall call) {
    return unary(call, Math::sqrt);
  }

  static Tensor reciprocal(ConstantCall call) {
    return unary(call, x -> 1 / x);
  }

  /** A function whose float result is its double result rounded: exact for the three above. */
  private static Tensor unary(ConstantCall call, DoubleUnaryOperator function) {
    Tensor data = call.input(0);
    ElementType type = data.type();
    call.checked(type, data.dims().toArray());
    ConstantCall.require(
        type == ElementType.FLOAT32 || type == ElementType.FLOAT64,
        "%s is not evaluated".formatted(type));
    ByteBuffer in = data.bytes();
    ByteBuffer out = allocate(data.byteLength());
    while (in.hasRemaining()) {
      if (type == ElementType.FLOAT32) {
        out.putFloat((float) function.applyAsDouble(in.getFloat()));
      } else {
        out.putDouble(function.applyAsDouble(in.getDouble()));
      }
    }
    return Tensor.of(type, data.dims(), out.flip());
  }

  private static Tensor binary(ConstantCall call, Operation operation) {
    Tensor left = call.input(0);
    Tensor right = call.input(1);
    ConstantCall.require(left.type() == right.type(), "the operands are of different types");
    Dims dims = call.checked(left.type(), SelectionKernels.broadcast(left.dims(), right.dims()));
    return apply(
        left.type(),
        dims,
        Strides.broadcast(left.dims(), dims).take(left),
        Strides.broadcast(right.dims(), dims).take(right),
        operation);
  }

  private static Tensor apply(
      ElementType type, Dims dims, Tensor left, Tensor right, Operation operation) {
    ByteBuffer a = left.bytes();
    ByteBuffer b = right.bytes();
    ByteBuffer out = allocate(type.byteLength(dims.elementCount()));
    while (a.hasRemaining()) {
      switch (type) {
        case FLOAT32 -> out.putFloat(operation.ofFloats().apply(a.getFloat(), b.getFloat()));
        case FLOAT64 -> out.putDouble(operation.ofDoubles().apply(a.getDouble(), b.getDouble()));
        case INT32 -> out.putInt((int) operation.ofLongs().applyAsLong(a.getInt(), b.getInt()));
        case INT64 -> out.putLong(operation.ofLongs().applyAsLong(a.getLong(), b.getLong()));
        default -> throw new NotFoldableException("%s is not evaluated".formatted(type));
      }
    }
    return Tensor.of(type, dims, out.flip());
  }

  private static long quotient(long dividend, long divisor) {
    ConstantCall.require(divisor != 0, "it divides by zero");
    ConstantCall.require(divisor != -1, "it divides by -1, which may overflow");
    return dividend / divisor;
  }

  private static Tensor zeros(Tensor like) {
    Strides.width(like.type());
    return Tensor.of(like.type(), like.dims(), allocate(like.byteLength()));
  }

  private static ByteBuffer allocate(long bytes) {
    return ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }
}
