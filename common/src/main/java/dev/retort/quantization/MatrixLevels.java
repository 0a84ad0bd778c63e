package dev.retort.quantization;

import dev.retort.statistics.ValueHistogram;
import dev.retort.tensor.Tensor;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A constant matrix on its way to s8, channels along one axis: {@code w[r, c] f[k]} with a factor
 * for each index {@code k} of the other axis, which is an input channel of a layer.
 */
final class MatrixLevels {
  private static final int TOP = 127;

  private final float[] values;
  private final int rows;
  private final int columns;
  private final int channelAxis;

  private MatrixLevels(float[] values, int rows, int columns, int channelAxis) {
    this.values = values;
    this.rows = rows;
    this.columns = columns;
    this.channelAxis = channelAxis;
  }

  /** The matrix as it is. */
  static MatrixLevels of(Tensor matrix, int channelAxis) {
    return new MatrixLevels(
        matrix.toFloats(), (int) matrix.dims().size(0), (int) matrix.dims().size(1), channelAxis);
  }

  /** The matrix with every input channel multiplied by its factor. */
  MatrixLevels times(float[] factors) {
    float[] products = new float[values.length];
    for (int at = 0; at < values.length; at++) {
      products[at] = values[at] * factors[inputChannel(at)];
    }
    return new MatrixLevels(products, rows, columns, channelAxis);
  }

  /** Input channels: the length of the axis that is not that of the channels. */
  int inputChannels() {
    return channelAxis == 0 ? columns : rows;
  }

  /** The largest absolute value of each input channel. */
  float[] inputAbsMax() {
    float[] maxima = new float[inputChannels()];
    for (int at = 0; at < values.length; at++) {
      maxima[inputChannel(at)] = Math.max(maxima[inputChannel(at)], Math.abs(values[at]));
    }
    return maxima;
  }

  /** Whether every value is a number and finite. */
  boolean isFinite() {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  /** Scales and error: {@code scale = max|w| / 127} of each channel, 1 where all is zero. */
  MatrixQuantization quantization(String tensor, Optional<String> smoothedWith, String reason) {
    float[] maxima = new float[channelAxis == 0 ? rows : columns];
    for (int at = 0; at < values.length; at++) {
      maxima[channel(at)] = Math.max(maxima[channel(at)], Math.abs(values[at]));
    }
    List<Float> scales = new ArrayList<>();
    for (float maximum : maxima) {
      scales.add(maximum == 0 ? 1 : Math.max(maximum / TOP, Float.MIN_NORMAL));
    }
    double signal = 0;
    double noise = 0;
    for (int at = 0; at < values.length; at++) {
      float scale = scales.get(channel(at));
      double error = (double) WeightRounding.round(values[at], scale) * scale - values[at];
      noise += error * error;
      signal += (double) values[at] * values[at];
    }
    return new MatrixQuantization(
        tensor, channelAxis, smoothedWith, scales, Decibels.of(signal, noise), reason);
  }

  /** The levels for {@code scales}, in the order of the matrix. */
  byte[] levels(List<Float> scales) {
    byte[] levels = new byte[values.length];
    for (int at = 0; at < levels.length; at++) {
      levels[at] = WeightRounding.round(values[at], scales.get(channel(at)));
    }
    return levels;
  }

  /** What rounding to {@code scales} does to the values. */
  RoundedWeights rounded(MatrixQuantization matrix) {
    ValueHistogram histogram = new ValueHistogram();
    histogram.update(FloatBuffer.wrap(values));
    long clipped = 0;
    long zeroed = 0;
    for (int at = 0; at < values.length; at++) {
      float scale = matrix.scales().get(channel(at));
      clipped += WeightRounding.isClipped(values[at], scale) ? 1 : 0;
      zeroed += values[at] != 0 && WeightRounding.round(values[at], scale) == 0 ? 1 : 0;
    }
    double count = Math.max(1, values.length);
    return new RoundedWeights(
        matrix.tensor(),
        matrix.scales(),
        matrix.signalToNoise(),
        histogram,
        clipped / count,
        zeroed / count);
  }

  private int channel(int at) {
    return channelAxis == 0 ? at / columns : at % columns;
  }

  private int inputChannel(int at) {
    return channelAxis == 0 ? at % columns : at / columns;
  }
}
