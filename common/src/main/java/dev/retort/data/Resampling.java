package dev.retort.data;

/**
 * Bilinear scaling of planes of bytes as Pillow does it: a triangle filter that widens with the
 * reduction, so that no pixel of a large image is skipped; first along rows, then along columns,
 * rounded to bytes after each, with 22-bit fixed-point weights.
 */
final class Resampling {
  private static final int PRECISION_BITS = 22;

  /** For each target pixel the first source pixel. */
  private final int[] first;

  /** For each target pixel the weights from that one on. */
  private final int[][] weights;

  private Resampling(int size, int newSize) {
    double scale = (double) size / newSize;
    double support = Math.max(1, scale);
    first = new int[newSize];
    weights = new int[newSize][];
    for (int target = 0; target < newSize; target++) {
      double center = (target + 0.5) * scale;
      int from = Math.max(0, (int) (center - support + 0.5));
      int to = Math.min(size, (int) (center + support + 0.5));
      first[target] = from;
      weights[target] = normalized(from, to, center, support);
    }
  }

  /** Scales a plane of {@code height} rows of {@code width} bytes. */
  static byte[] scale(byte[] plane, int height, int width, int newHeight, int newWidth) {
    byte[] rows = width == newWidth ? plane : scaleRows(plane, height, width, newWidth);
    return height == newHeight ? rows : scaleColumns(rows, height, newWidth, newHeight);
  }

  private static byte[] scaleRows(byte[] plane, int height, int width, int newWidth) {
    Resampling filter = new Resampling(width, newWidth);
    byte[] scaled = new byte[height * newWidth];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < newWidth; x++) {
        scaled[y * newWidth + x] = filter.sum(plane, y * width, 1, x);
      }
    }
    return scaled;
  }

  private static byte[] scaleColumns(byte[] plane, int height, int width, int newHeight) {
    Resampling filter = new Resampling(height, newHeight);
    byte[] scaled = new byte[newHeight * width];
    for (int y = 0; y < newHeight; y++) {
      for (int x = 0; x < width; x++) {
        scaled[y * width + x] = filter.sum(plane, x, width, y);
      }
    }
    return scaled;
  }

  private byte sum(byte[] plane, int offset, int stride, int target) {
    int index = offset + first[target] * stride;
    int sum = 1 << (PRECISION_BITS - 1);
    for (int weight : weights[target]) {
      sum += Byte.toUnsignedInt(plane[index]) * weight;
      index += stride;
    }
    return (byte) Math.max(0, Math.min(255, sum >> PRECISION_BITS));
  }

  private static int[] normalized(int from, int to, double center, double support) {
    double[] triangle = new double[to - from];
    double sum = 0;
    for (int i = 0; i < triangle.length; i++) {
      triangle[i] = Math.max(0, 1 - Math.abs((i + from - center + 0.5) / support));
      sum += triangle[i];
    }
    int[] fixed = new int[triangle.length];
    for (int i = 0; i < fixed.length; i++) {
      fixed[i] = (int) (triangle[i] / sum * (1 << PRECISION_BITS) + 0.5);
    }
    return fixed;
  }
}
