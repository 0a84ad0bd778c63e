package dev.retort.autodiff;

import java.util.Arrays;

/** A 3x3 convolution with one zero around, in plain loops, and its 2x2 pool. */
final class PooledConv {
  private PooledConv() {}

  /**
   * The smallest difference between the two largest values of a window.
   *
   * @param image {@code [N, C, H, W]}
   * @param weight {@code [2, C, 3, 3]}
   * @param stride of the pool on the first spatial axis; it is 2 on the second
   */
  static double closest(float[] image, float[] weight, long[] dims, int stride) {
    int height = (int) dims[2];
    int width = (int) dims[3];
    double closest = Double.MAX_VALUE;
    for (int n = 0; n < dims[0]; n++) {
      for (int m = 0; m < 2; m++) {
        for (int row = 0; row + 1 < height; row += stride) {
          for (int column = 0; column + 1 < width; column += 2) {
            double[] window = {
              at(image, weight, dims, n, m, row, column),
              at(image, weight, dims, n, m, row, column + 1),
              at(image, weight, dims, n, m, row + 1, column),
              at(image, weight, dims, n, m, row + 1, column + 1)
            };
            Arrays.sort(window);
            closest = Math.min(closest, window[3] - window[2]);
          }
        }
      }
    }
    return closest;
  }

  private static double at(
      float[] image, float[] weight, long[] dims, int n, int m, int row, int column) {
    int channels = (int) dims[1];
    int height = (int) dims[2];
    int width = (int) dims[3];
    double sum = 0;
    for (int c = 0; c < channels; c++) {
      for (int k = 0; k < 9; k++) {
        int y = row + k / 3 - 1;
        int x = column + k % 3 - 1;
        if (y >= 0 && y < height && x >= 0 && x < width) {
          sum +=
              image[((n * channels + c) * height + y) * width + x]
                  * weight[(m * channels + c) * 9 + k];
        }
      }
    }
    return sum;
  }
}
