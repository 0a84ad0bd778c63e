package dev.retort.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;

/**
 * An immutable tensor: element type, dimensions, little-endian row-major data.
 *
 * <p>Equality is by type, dimensions and bytes, wherever the bytes are. Safe for use by several
 * threads.
 */
public record Tensor(ElementType type, Dims dims, TensorData data) {

  /**
   * Checks that the data has the length that type and dimensions ask for.
   *
   * @throws IllegalArgumentException if it has not
   */
  public Tensor {
    Objects.requireNonNull(type, "type");
    long actual =
        data instanceof TensorData.Strings strings ? strings.values().size() : data.byteLength();
    long expected =
        type == ElementType.STRING ? dims.elementCount() : type.byteLength(dims.elementCount());
    if (actual != expected
        || (type == ElementType.STRING) != (data instanceof TensorData.Strings)) {
      throw new IllegalArgumentException(
          "tensor %s%s needs length %d, its data has %d".formatted(type, dims, expected, actual));
    }
  }

  public static Tensor of(ElementType type, Dims dims, ByteBuffer bytes) {
    return new Tensor(type, dims, new TensorData.Inline(bytes));
  }

  public static Tensor ofFloats(Dims dims, float... values) {
    ByteBuffer bytes = allocate(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    return of(ElementType.FLOAT32, dims, bytes);
  }

  public static Tensor ofLongs(Dims dims, long... values) {
    ByteBuffer bytes = allocate(values.length * Long.BYTES);
    bytes.asLongBuffer().put(values);
    return of(ElementType.INT64, dims, bytes);
  }

  public static Tensor ofInts(Dims dims, int... values) {
    ByteBuffer bytes = allocate(values.length * Integer.BYTES);
    bytes.asIntBuffer().put(values);
    return of(ElementType.INT32, dims, bytes);
  }

  /** A tensor of an 8-bit type ({@code UINT8}, {@code INT8}, {@code BOOL}). */
  public static Tensor ofBytes(ElementType type, Dims dims, byte... values) {
    return of(type, dims, ByteBuffer.wrap(values.clone()));
  }

  public static Tensor ofStrings(Dims dims, String... values) {
    return new Tensor(ElementType.STRING, dims, new TensorData.Strings(List.of(values)));
  }

  public static Tensor scalar(float value) {
    return ofFloats(Dims.scalar(), value);
  }

  public static Tensor scalar(long value) {
    return ofLongs(Dims.scalar(), value);
  }

  public long elementCount() {
    return dims.elementCount();
  }

  public long byteLength() {
    return data.byteLength();
  }

  /**
   * A read-only view of the bytes, little-endian; maps the file where the data lies in one.
   *
   * @throws IllegalStateException for strings, and for data over 2 GB
   */
  public ByteBuffer bytes() {
    if (data instanceof TensorData.Inline inline) {
      return inline.bytes();
    }
    if (data instanceof TensorData.FileSlice slice) {
      return slice.map();
    }
    throw new IllegalStateException("a string tensor has no bytes");
  }

  /** The elements of a {@code FLOAT32}, {@code FLOAT64} or {@code FLOAT16} tensor, as floats. */
  public float[] toFloats() {
    float[] values = new float[Math.toIntExact(elementCount())];
    ByteBuffer bytes = bytes();
    switch (type) {
      case FLOAT32 -> bytes.asFloatBuffer().get(values);
      case FLOAT64 -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) bytes.getDouble();
        }
      }
      case FLOAT16 -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = Float16.toFloat(bytes.getShort());
        }
      }
      default -> throw new IllegalStateException(type + " is not a floating-point type");
    }
    return values;
  }

  /** The elements of an integer or boolean tensor, as longs; unsigned types are widened. */
  public long[] toLongs() {
    long[] values = new long[Math.toIntExact(elementCount())];
    ByteBuffer bytes = bytes();
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case INT64, UINT64 -> bytes.getLong();
            case INT32 -> bytes.getInt();
            case UINT32 -> Integer.toUnsignedLong(bytes.getInt());
            case INT16 -> bytes.getShort();
            case UINT16 -> Short.toUnsignedLong(bytes.getShort());
            case INT8 -> bytes.get();
            case UINT8, BOOL -> Byte.toUnsignedLong(bytes.get());
            default -> throw new IllegalStateException(type + " is not an integer type");
          };
    }
    return values;
  }

  /** The elements of a string tensor. */
  public List<String> toStrings() {
    if (data instanceof TensorData.Strings strings) {
      return strings.values();
    }
    throw new IllegalStateException(type + " is not a string type");
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof Tensor tensor) || type != tensor.type || !dims.equals(tensor.dims)) {
      return false;
    }
    return data.equals(tensor.data)
        || (type != ElementType.STRING && bytes().equals(tensor.bytes()));
  }

  @Override
  public int hashCode() {
    return Objects.hash(type, dims);
  }

  @Override
  public String toString() {
    return type + dims.toString();
  }

  private static ByteBuffer allocate(int byteLength) {
    return ByteBuffer.allocate(byteLength).order(ByteOrder.LITTLE_ENDIAN);
  }
}
