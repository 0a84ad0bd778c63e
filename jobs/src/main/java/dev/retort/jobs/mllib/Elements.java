package dev.retort.jobs.mllib;

import dev.retort.data.BadSampleException;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Float16;
import java.nio.ByteBuffer;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * The elements of tensors as Spark has them. Floats are rounded to the nearest; what is no whole
 * number, or out of range, is refused where the model takes integers.
 */
final class Elements {
  private static final int UNSIGNED_BYTE_MOST = 255;

  private Elements() {}

  /** Whether ONNX Runtime's Java API hands elements of this type over. */
  static boolean isSupported(ElementType type) {
    return switch (type) {
      case FLOAT32, FLOAT64, FLOAT16, BFLOAT16, INT8, UINT8, INT16, INT32, INT64, BOOL -> true;
      default -> false;
    };
  }

  /** The type of a column of single elements; half-precision floats are widened, exactly. */
  static DataType dataType(ElementType type) {
    return switch (type) {
      case FLOAT32, FLOAT16, BFLOAT16 -> DataTypes.FloatType;
      case FLOAT64 -> DataTypes.DoubleType;
      case INT8 -> DataTypes.ByteType;
      case UINT8, INT16 -> DataTypes.ShortType;
      case INT32 -> DataTypes.IntegerType;
      case INT64 -> DataTypes.LongType;
      case BOOL -> DataTypes.BooleanType;
      default -> throw new IllegalStateException(type + " is not supported");
    };
  }

  /**
   * Appends {@code value}, a number or a boolean, as an element of {@code type}.
   *
   * @throws BadSampleException if the type has no such value
   */
  static void put(Object value, ElementType type, ByteBuffer to) throws BadSampleException {
    Number number = number(value);
    switch (type) {
      case FLOAT32 -> to.putFloat(number.floatValue());
      case FLOAT64 -> to.putDouble(number.doubleValue());
      case FLOAT16 -> to.putShort(Float16.fromFloat(number.floatValue()));
      case BFLOAT16 -> to.putShort(brainFloat(number.floatValue()));
      case INT8 -> to.put((byte) whole(number, Byte.MIN_VALUE, Byte.MAX_VALUE));
      case UINT8 -> to.put((byte) whole(number, 0, UNSIGNED_BYTE_MOST));
      case BOOL -> to.put((byte) whole(number, 0, 1));
      case INT16 -> to.putShort((short) whole(number, Short.MIN_VALUE, Short.MAX_VALUE));
      case INT32 -> to.putInt((int) whole(number, Integer.MIN_VALUE, Integer.MAX_VALUE));
      case INT64 -> to.putLong(whole(number, Long.MIN_VALUE, Long.MAX_VALUE));
      default -> throw new IllegalStateException(type + " is not supported");
    }
  }

  /** The element at {@code index} of a buffer of such elements, as a value of {@link #dataType}. */
  static Object get(ElementType type, ByteBuffer from, int index) {
    return switch (type) {
      case FLOAT32 -> from.getFloat(index * Float.BYTES);
      case FLOAT64 -> from.getDouble(index * Double.BYTES);
      case FLOAT16 -> Float16.toFloat(from.getShort(index * Short.BYTES));
      case BFLOAT16 -> Float.intBitsToFloat(from.getShort(index * Short.BYTES) << Short.SIZE);
      case INT8 -> from.get(index);
      case UINT8 -> (short) Byte.toUnsignedInt(from.get(index));
      case BOOL -> from.get(index) != 0;
      case INT16 -> from.getShort(index * Short.BYTES);
      case INT32 -> from.getInt(index * Integer.BYTES);
      case INT64 -> from.getLong(index * Long.BYTES);
      default -> throw new IllegalStateException(type + " is not supported");
    };
  }

  private static Number number(Object value) throws BadSampleException {
    if (value instanceof Number number) {
      return number;
    }
    if (value instanceof Boolean bool) {
      return bool ? 1 : 0;
    }
    throw new BadSampleException(value == null ? "holds null" : "holds " + value);
  }

  /** The nearest float whose lower 16 bits are zero, ties to even; NaN stays NaN. */
  private static short brainFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> Short.SIZE) | 0x40);
    }
    return (short) ((bits + 0x7FFF + ((bits >>> Short.SIZE) & 1)) >>> Short.SIZE);
  }

  private static long whole(Number number, long least, long most) throws BadSampleException {
    boolean exact = number instanceof Long || number instanceof Integer;
    exact |= number instanceof Short || number instanceof Byte;
    long whole = number.longValue();
    // A double of 2^63 or more would be cut to the largest long.
    if (!exact && ((double) whole != number.doubleValue() || whole == Long.MAX_VALUE)) {
      throw new BadSampleException("holds %s, must hold whole numbers".formatted(number));
    }
    if (whole < least || whole > most) {
      throw new BadSampleException("holds %s, must hold %d to %d".formatted(number, least, most));
    }
    return whole;
  }
}
