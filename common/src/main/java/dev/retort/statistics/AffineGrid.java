package dev.retort.statistics;

/**
 * The zero-aligned affine grid of {@code bits} unsigned bits: level {@code q} in {@code 0 .. 2^bits
 * - 1} stands for {@code (q - zeroPoint) * scale}, so that zero is represented exactly. This is
 * ONNX's {@code QuantizeLinear} / {@code DequantizeLinear} with an unsigned type.
 *
 * <p>Error: at most {@code scale / 2} for values between {@link #lowest} and {@link #highest}, the
 * distance to the nearer of the two for others, each plus float32 rounding of at most {@code 2^-23
 * |x|}.
 *
 * @param scale the step between levels, positive and finite
 * @param zeroPoint the level of zero
 * @param bits 2 to 16
 */
public record AffineGrid(float scale, int zeroPoint, int bits) {
  public AffineGrid {
    if (!(scale > 0) || Float.isInfinite(scale) || bits < 2 || bits > 16) {
      throw new IllegalArgumentException("a grid of %d bits with step %s".formatted(bits, scale));
    }
    if (zeroPoint < 0 || zeroPoint > (1 << bits) - 1) {
      throw new IllegalArgumentException("zero at level " + zeroPoint + " of " + bits + " bits");
    }
  }

  /**
   * The grid over {@code range}, widened to hold zero: {@code scale = (max - min) / (2^bits - 1)},
   * {@code zeroPoint = round(-min / scale)}. A range of zero alone has step 1.
   */
  public static AffineGrid of(Range range, int bits) {
    Range wide = range.withZero();
    int top = (1 << bits) - 1;
    double step = ((double) wide.max() - wide.min()) / top;
    float scale = step == 0 ? 1 : (float) Math.max(step, Float.MIN_NORMAL);
    long zeroPoint = Math.round(-(double) wide.min() / scale);
    return new AffineGrid(scale, (int) Math.min(Math.max(zeroPoint, 0), top), bits);
  }

  /** The greatest level. */
  public int top() {
    return (1 << bits) - 1;
  }

  /** The value of level 0. */
  public float lowest() {
    return value(0);
  }

  /** The value of the greatest level. */
  public float highest() {
    return value(top());
  }

  /** The level nearest to {@code x}; ties to the even multiple of the scale, as in ONNX. */
  public int level(float x) {
    double level = Math.rint(x / scale) + zeroPoint;
    return (int) Math.min(Math.max(level, 0), top());
  }

  /** The value that {@code level} stands for. */
  public float value(int level) {
    return (level - zeroPoint) * scale;
  }
}
