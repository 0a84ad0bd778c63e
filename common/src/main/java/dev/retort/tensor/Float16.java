package dev.retort.tensor;

/** IEEE 754 binary16, which Java 17 has no type for; rounding is to nearest, ties to even. */
public final class Float16 {
  private static final int FLOAT_EXPONENT_BIAS = 127;
  private static final int HALF_EXPONENT_BIAS = 15;
  private static final float SMALLEST_SUBNORMAL = 0x1p-24f;

  private Float16() {}

  /** The value of the half-precision number with the given bits; exact. */
  public static float toFloat(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = (bits >>> 10) & 0x1F;
    int fraction = bits & 0x3FF;
    if (exponent == 0) {
      float magnitude = fraction * SMALLEST_SUBNORMAL;
      return Float.intBitsToFloat(sign | Float.floatToRawIntBits(magnitude));
    }
    int floatExponent =
        exponent == 0x1F ? 0xFF : exponent + FLOAT_EXPONENT_BIAS - HALF_EXPONENT_BIAS;
    return Float.intBitsToFloat(sign | (floatExponent << 23) | (fraction << 13));
  }

  /** The bits of the half-precision number nearest to {@code value}; overflow gives infinity. */
  public static short fromFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    int magnitude = bits & 0x7FFF_FFFF;
    if (magnitude > 0x7F80_0000) {
      return (short) (sign | 0x7E00 | ((magnitude >>> 13) & 0x1FF));
    }
    if (magnitude >= 0x4780_0000) {
      return (short) (sign | 0x7C00);
    }
    if (magnitude < 0x3880_0000) {
      // Adding 0.5 aligns the fraction with 2^-24, and the addition rounds to nearest even.
      float aligned = Float.intBitsToFloat(magnitude) + 0.5f;
      return (short) (sign | (Float.floatToRawIntBits(aligned) - Float.floatToRawIntBits(0.5f)));
    }
    int rebased = magnitude - ((FLOAT_EXPONENT_BIAS - HALF_EXPONENT_BIAS) << 23);
    int rounded = rebased + 0xFFF + ((rebased >>> 13) & 1);
    return (short) (sign | (rounded >>> 13));
  }
}
