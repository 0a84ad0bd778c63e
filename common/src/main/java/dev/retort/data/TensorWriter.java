package dev.retort.data;

import dev.retort.tensor.Float16;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.StringTokenizer;

/**
 * Collects the values of one input of one sample as its little-endian tensor. Values must lie in
 * the range of the stored type, integers must be whole and floats finite. Not thread safe.
 */
public final class TensorWriter {
  private static final String SEPARATORS = " \t,;[]";

  private final InputSpec input;
  private final ByteBuffer bytes;

  public TensorWriter(InputSpec input) {
    this.input = input;
    this.bytes = ByteBuffer.allocate(input.sampleBytes()).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The input that is written. */
  public InputSpec input() {
    return input;
  }

  /** Forgets what was put since the last {@link #finish}. */
  public void begin() {
    bytes.clear();
  }

  /**
   * Adds an integer.
   *
   * @throws BadSampleException if the type cannot hold it or there are too many values
   */
  public void put(long value) throws BadSampleException {
    checkRoom();
    switch (input.type()) {
      case UINT8 -> bytes.put((byte) within(value, 0, 0xFF));
      case INT8 -> bytes.put((byte) within(value, Byte.MIN_VALUE, Byte.MAX_VALUE));
      case BOOL -> bytes.put((byte) within(value, 0, 1));
      case UINT16 -> bytes.putShort((short) within(value, 0, 0xFFFF));
      case INT16 -> bytes.putShort((short) within(value, Short.MIN_VALUE, Short.MAX_VALUE));
      case INT32 -> bytes.putInt((int) within(value, Integer.MIN_VALUE, Integer.MAX_VALUE));
      case INT64 -> bytes.putLong(value);
      default -> put((double) value);
    }
  }

  /**
   * Adds a number.
   *
   * @throws BadSampleException if it is not finite, the type cannot hold it or there are too many
   *     values
   */
  public void put(double value) throws BadSampleException {
    checkRoom();
    if (!Double.isFinite(value)) {
      throw bad(String.valueOf(value), "finite");
    }
    switch (input.type()) {
      case FLOAT32 -> bytes.putFloat((float) finite(value, (float) value));
      case FLOAT64 -> bytes.putDouble(value);
      case FLOAT16 -> {
        short half = Float16.fromFloat((float) value);
        finite(value, Float16.toFloat(half));
        bytes.putShort(half);
      }
      default -> {
        if (value != Math.rint(value) || Math.abs(value) >= 0x1p63) {
          throw bad(String.valueOf(value), "a whole number");
        }
        put((long) value);
      }
    }
  }

  /** Adds the numbers in {@code text}: separated by blanks, commas or semicolons, in brackets. */
  public void putText(String text) throws BadSampleException {
    StringTokenizer numbers = new StringTokenizer(text, SEPARATORS);
    while (numbers.hasMoreTokens()) {
      putNumber(numbers.nextToken());
    }
  }

  /**
   * Adds a whole tensor.
   *
   * @param tensor little-endian, row-major
   */
  public void putTensor(ByteBuffer tensor) throws BadSampleException {
    if (tensor.remaining() != bytes.remaining()) {
      throw new BadSampleException(
          "%s has %d bytes, must have %d (%s%s)"
              .formatted(
                  input.name(), tensor.remaining(), bytes.remaining(), input.type(), input.dims()));
    }
    int start = bytes.position();
    bytes.put(tensor.duplicate());
    checkFinite(start);
  }

  /**
   * The tensor of the values put since {@link #begin}, valid until the next one.
   *
   * @throws BadSampleException if there are too few
   */
  public ByteBuffer finish() throws BadSampleException {
    if (bytes.hasRemaining()) {
      throw wrongCount(String.valueOf(written()));
    }
    return bytes.asReadOnlyBuffer().flip();
  }

  private void putNumber(String number) throws BadSampleException {
    try {
      put(Long.parseLong(number));
    } catch (NumberFormatException notWhole) {
      try {
        put(Double.parseDouble(number));
      } catch (NumberFormatException e) {
        throw bad("\"" + abbreviated(number) + "\"", "a number");
      }
    }
  }

  private void checkRoom() throws BadSampleException {
    if (!bytes.hasRemaining()) {
      throw wrongCount("more than " + written());
    }
  }

  private void checkFinite(int start) throws BadSampleException {
    int width = input.type().bits() / 8;
    for (int i = start; input.type().isFloat() && i < bytes.position(); i += width) {
      double value =
          switch (input.type()) {
            case FLOAT32 -> bytes.getFloat(i);
            case FLOAT64 -> bytes.getDouble(i);
            default -> Float16.toFloat(bytes.getShort(i));
          };
      if (!Double.isFinite(value)) {
        throw new BadSampleException(
            "%s[%d] is %s, must be finite".formatted(input.name(), i / width, value));
      }
    }
  }

  private long within(long value, long least, long most) throws BadSampleException {
    if (value < least || value > most) {
      throw bad(String.valueOf(value), "%d to %d".formatted(least, most));
    }
    return value;
  }

  private double finite(double value, float stored) throws BadSampleException {
    if (!Float.isFinite(stored)) {
      throw bad(String.valueOf(value), "in the range of " + input.type());
    }
    return stored;
  }

  private BadSampleException bad(String value, String range) {
    return new BadSampleException(
        "%s[%d] is %s, must be %s".formatted(input.name(), written(), value, range));
  }

  private BadSampleException wrongCount(String count) {
    return new BadSampleException(
        "%s has %s values, must have %d (%s)"
            .formatted(input.name(), count, input.dims().elementCount(), input.dims()));
  }

  private int written() {
    return bytes.position() * 8 / input.type().bits();
  }

  private static String abbreviated(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "...";
  }
}
