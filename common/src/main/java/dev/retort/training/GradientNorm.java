package dev.retort.training;

import java.nio.FloatBuffer;

/**
 * The Euclidean norm of all gradients together, {@code sqrt(sum g^2)}: squares in double, which
 * cannot overflow, summed in four interleaved partial sums in the order of the buffer. Relative
 * error at most n * 2^-53 for n values. NaN or infinite exactly if a gradient is.
 */
public final class GradientNorm {
  private GradientNorm() {}

  /** The norm of {@code gradients}. */
  public static double of(ParameterBuffer gradients) {
    FloatBuffer values = gradients.values();
    float[] chunk = new float[Chunk.VALUES];
    double[] sums = new double[4];
    for (int at = 0; at < values.capacity(); at += chunk.length) {
      int count = Math.min(chunk.length, values.capacity() - at);
      values.get(at, chunk, 0, count);
      addSquares(chunk, count, sums);
    }
    return Math.sqrt((sums[0] + sums[1]) + (sums[2] + sums[3]));
  }

  /** Adds the squares of a multiple of four values, which a padded buffer has. */
  private static void addSquares(float[] values, int count, double[] sums) {
    double a = sums[0];
    double b = sums[1];
    double c = sums[2];
    double d = sums[3];
    for (int i = 0; i + 3 < count; i += 4) {
      a += (double) values[i] * values[i];
      b += (double) values[i + 1] * values[i + 1];
      c += (double) values[i + 2] * values[i + 2];
      d += (double) values[i + 3] * values[i + 3];
    }
    sums[0] = a;
    sums[1] = b;
    sums[2] = c;
    sums[3] = d;
  }
}
