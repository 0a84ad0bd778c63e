package dev.retort.quantization;

import dev.retort.statistics.AffineGrid;
import dev.retort.statistics.Range;

/**
 * Uniform quantization to {@code bits} bits over {@code [min, max]}:
 *
 * <pre>
 *   Q(x) = round((x - xmin) / (xmax - xmin) * (2^b - 1)),   x' = xmin + Q * (xmax - xmin) / (2^b - 1)
 * </pre>
 *
 * <p>Values outside are clipped first. Both ends are represented; zero in general is not, so a
 * padded or rectified zero would carry an error. {@link #zeroAligned} gives the form with an exact
 * zero, the only one that is exported.
 *
 * <p>Error within the range: at most half a step, {@code (xmax - xmin) / (2 (2^b - 1))}, plus
 * float32 rounding of at most {@code 2^-23 max(|xmin|, |xmax|)}. The zero-aligned form has the same
 * bound on the range widened to zero and then moved by at most half of its step.
 *
 * @param range not a single value
 * @param bits 2 to 16
 */
public record UniformQuantizer(Range range, int bits) {
  public UniformQuantizer {
    if (bits < 2 || bits > 16 || !(range.max() > range.min())) {
      throw new IllegalArgumentException(bits + " bits over " + range);
    }
  }

  /** The number of steps, {@code 2^bits - 1}. */
  public int steps() {
    return (1 << bits) - 1;
  }

  /** The distance between levels. */
  public double step() {
    return ((double) range.max() - range.min()) / steps();
  }

  /** {@code Q(x)}, 0 to {@link #steps}. */
  public int level(float x) {
    double clipped = Math.min(Math.max(x, range.min()), range.max());
    return (int) Math.rint((clipped - range.min()) / step());
  }

  /** The value that {@code level} stands for. */
  public float value(int level) {
    return (float) (range.min() + level * step());
  }

  /** The grid over the same range, widened to hold zero, with zero on a level. */
  public AffineGrid zeroAligned() {
    return AffineGrid.of(range, bits);
  }
}
