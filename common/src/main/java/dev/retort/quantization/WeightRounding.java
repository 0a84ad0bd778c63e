package dev.retort.quantization;

import dev.retort.graph.Node;
import dev.retort.statistics.ChannelSum;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Scales of weights and the correction of the bias for what rounding the weights does on average.
 *
 * <p>Scale of output channel {@code o}: {@code max |W[o, ...]| / 127}; where the bias would then
 * not fit 32 bits (a channel of nearly zero weights) the least scale with which it does.
 *
 * <p>Bias correction: rounding adds {@code sum (W' - W)[o, c, k] x[c]} to the output, whose mean
 * over calibration data is {@code sum (W' - W)[o, c, k] E[x_c]}; this is taken off the bias (Nagel
 * et al., Data-Free Quantization Through Weight Equalization and Bias Correction, arXiv:1906.04721,
 * section 4.2; with means from data, as its appendix C.2 has it). Padding at borders is neglected.
 */
final class WeightRounding {
  private static final int TOP = 127;
  private static final double LARGEST_BIAS = 1 << 30;

  private WeightRounding() {}

  static LayerQuantization of(
      LayerWeights layer, float inputScale, Optional<ChannelSum> inputSums) {
    List<Float> scales = new ArrayList<>();
    List<Float> corrections = new ArrayList<>();
    double signal = 0;
    double noise = 0;
    double[] means = inputSums.map(WeightRounding::means).orElse(new double[0]);
    for (int output = 0; output < layer.outputChannels(); output++) {
      float[] weights = layer.channel(output);
      float scale = scale(weights, layer.bias(output), inputScale);
      scales.add(scale);
      double shift = 0;
      for (int i = 0; i < weights.length; i++) {
        double error = (double) round(weights[i], scale) * scale - weights[i];
        noise += error * error;
        signal += (double) weights[i] * weights[i];
        shift += means.length == 0 ? 0 : error * means[inputChannel(layer, output, i)];
      }
      corrections.add((float) -shift);
    }
    return new LayerQuantization(
        layer.node().output(0),
        layer.node().input(1),
        scales,
        corrections,
        Decibels.of(signal, noise),
        reason(layer.node())
            + (means.length == 0 ? "" : "; bias corrected for the mean of the rounding errors"));
  }

  /** What the plan says of the weights of {@code layer}, before it has seen data. */
  static String reason(Node layer) {
    return "weights of %s, scale = abs-max / 127 of each output channel".formatted(layer.opType());
  }

  /** The integer nearest to {@code weight / scale}, within -127 to 127. */
  static byte round(float weight, float scale) {
    return (byte) Math.min(Math.max(Math.rint(weight / scale), -TOP), TOP);
  }

  /** Whether the integer nearest to {@code weight / scale} lies beyond -127 to 127. */
  static boolean isClipped(float weight, float scale) {
    return Math.abs(Math.rint(weight / scale)) > TOP;
  }

  private static float scale(float[] weights, float bias, float inputScale) {
    double largest = Math.abs((double) bias) / inputScale / LARGEST_BIAS * TOP;
    for (float weight : weights) {
      largest = Math.max(largest, Math.abs(weight));
    }
    return largest == 0 ? 1 : (float) Math.max(largest / TOP, Float.MIN_NORMAL);
  }

  private static int inputChannel(LayerWeights layer, int output, int position) {
    int group = output / (layer.outputChannels() / layer.groups());
    int kernel = layer.channelSize() / layer.groupChannels();
    return group * layer.groupChannels() + position / kernel;
  }

  private static double[] means(ChannelSum sums) {
    double[] means = sums.sums();
    for (int channel = 0; channel < means.length; channel++) {
      means[channel] /= sums.count();
    }
    return means;
  }
}
