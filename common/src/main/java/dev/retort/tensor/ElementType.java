package dev.retort.tensor;

import dev.retort.error.UnsupportedModelError;

/** The element types of ONNX ({@code TensorProto.DataType}), with their numbers and widths. */
public enum ElementType {
  FLOAT32(1, 32),
  UINT8(2, 8),
  INT8(3, 8),
  UINT16(4, 16),
  INT16(5, 16),
  INT32(6, 32),
  INT64(7, 64),
  /** Variable length: {@link #bits()} is 0. */
  STRING(8, 0),
  BOOL(9, 8),
  FLOAT16(10, 16),
  FLOAT64(11, 64),
  UINT32(12, 32),
  UINT64(13, 64),
  COMPLEX64(14, 64),
  COMPLEX128(15, 128),
  BFLOAT16(16, 16),
  FLOAT8E4M3FN(17, 8),
  FLOAT8E4M3FNUZ(18, 8),
  FLOAT8E5M2(19, 8),
  FLOAT8E5M2FNUZ(20, 8),
  UINT4(21, 4),
  INT4(22, 4),
  FLOAT4E2M1(23, 4),
  FLOAT8E8M0(24, 8),
  UINT2(25, 2),
  INT2(26, 2);

  private static final ElementType[] BY_NUMBER = new ElementType[values().length + 1];

  static {
    for (ElementType type : values()) {
      BY_NUMBER[type.number] = type;
    }
  }

  private final int number;
  private final int bits;

  ElementType(int number, int bits) {
    this.number = number;
    this.bits = bits;
  }

  /**
   * The type with the ONNX number {@code number}.
   *
   * @throws UnsupportedModelError if ONNX has no such type
   */
  public static ElementType ofNumber(int number) {
    if (number <= 0 || number >= BY_NUMBER.length) {
      throw new UnsupportedModelError(
          "Cannot read a tensor: its element type is %d, must be 1 to %d"
              .formatted(number, BY_NUMBER.length - 1));
    }
    return BY_NUMBER[number];
  }

  /** The number in {@code TensorProto.DataType}. */
  public int number() {
    return number;
  }

  /** Bits an element; 0 for {@link #STRING}. */
  public int bits() {
    return bits;
  }

  /** Bytes of {@code elements} elements, sub-byte types packed and the last byte padded. */
  public long byteLength(long elements) {
    return Math.addExact(Math.multiplyExact(elements, bits), 7) / 8;
  }

  /** Whether the type is a real floating-point type of 16 bits or more. */
  public boolean isFloat() {
    return this == FLOAT32 || this == FLOAT64 || this == FLOAT16 || this == BFLOAT16;
  }
}
