package dev.retort.training.augmentation;

import dev.retort.error.UserError;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Float16;
import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The elements of one sample as numbers. Integers are written rounded to the nearest (ties to even)
 * and within the range of their type, which is how a changed uint8 pixel stays one.
 */
final class Elements {
  private final ElementType type;
  private final ByteBuffer bytes;

  private Elements(ElementType type, ByteBuffer bytes) {
    this.type = type;
    this.bytes = bytes;
  }

  /**
   * Elements of {@code type} in {@code bytes}.
   *
   * @throws UserError (exit 2) if values of the type cannot be changed
   */
  static Elements of(ElementType type, ByteBuffer bytes) {
    switch (type) {
      case UINT8, INT8, UINT16, INT16, INT32, FLOAT16, FLOAT32, FLOAT64 -> {}
      default ->
          throw UserError.usage(
              "Cannot augment samples: their type is %s, must be an integer of at most 32 bits or a float; leave augmentation out"
                  .formatted(type));
    }
    return new Elements(type, bytes.slice().order(ByteOrder.LITTLE_ENDIAN));
  }

  static Elements of(SampleBlock sample) {
    return of(sample.type(), sample.bytes());
  }

  double at(int i) {
    return switch (type) {
      case UINT8 -> Byte.toUnsignedInt(bytes.get(i));
      case INT8 -> bytes.get(i);
      case UINT16 -> Short.toUnsignedInt(bytes.getShort(2 * i));
      case INT16 -> bytes.getShort(2 * i);
      case INT32 -> bytes.getInt(4 * i);
      case FLOAT16 -> Float16.toFloat(bytes.getShort(2 * i));
      case FLOAT32 -> bytes.getFloat(4 * i);
      default -> bytes.getDouble(8 * i);
    };
  }

  void put(int i, double value) {
    switch (type) {
      case UINT8 -> bytes.put(i, (byte) whole(value, 0, 0xFF));
      case INT8 -> bytes.put(i, (byte) whole(value, Byte.MIN_VALUE, Byte.MAX_VALUE));
      case UINT16 -> bytes.putShort(2 * i, (short) whole(value, 0, 0xFFFF));
      case INT16 -> bytes.putShort(2 * i, (short) whole(value, Short.MIN_VALUE, Short.MAX_VALUE));
      case INT32 -> bytes.putInt(4 * i, (int) whole(value, Integer.MIN_VALUE, Integer.MAX_VALUE));
      case FLOAT16 -> bytes.putShort(2 * i, Float16.fromFloat((float) value));
      case FLOAT32 -> bytes.putFloat(4 * i, (float) value);
      default -> bytes.putDouble(8 * i, value);
    }
  }

  private static long whole(double value, long least, long most) {
    return Math.max(least, Math.min(most, (long) Math.rint(value)));
  }
}
