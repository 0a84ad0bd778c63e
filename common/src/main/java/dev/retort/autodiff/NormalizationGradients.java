package dev.retort.autodiff;

import dev.retort.graph.Attribute;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Normalizations. With mean and variance over the statistics' axes, {@code v = 1/sqrt(variance +
 * epsilon)}, {@code h = (x - mean) v}, {@code y = h scale + bias}:
 *
 * <pre>
 * dx = v (q - mean(q) - h mean(q h))     q = g scale
 * dscale = sum of g h                    dbias = sum of g      over the axes that scale has not
 *
 * LayerNormalization      statistics over the axes from axis on, for each sample
 * InstanceNormalization   over the spatial axes, for each sample and channel
 * BatchNormalization      training_mode 1: over batch and spatial axes, for each channel
 *                         training_mode 0: mean and variance are inputs
 *                             dx = g scale v      dmean = -sum of dx
 *                             dvariance = -v^2/2 sum of g h scale
 * </pre>
 *
 * <p>Group normalization is what exporters write for it: InstanceNormalization between two
 * Reshapes. In training mode the running statistics are no part of the loss.
 *
 * <p>Refuses inputs of unknown rank, and a loss that takes the means or the running statistics.
 */
final class NormalizationGradients {
  static final Map<String, GradientRule> RULES =
      Map.of(
          "BatchNormalization", NormalizationGradients::batch,
          "InstanceNormalization", NormalizationGradients::instance,
          "LayerNormalization", NormalizationGradients::layer);

  private NormalizationGradients() {}

  private static void layer(NodeGradient n) {
    int rank = n.rank(0);
    int axis = n.axis("axis", -1, rank);
    long[] own = LongStream.range(axis, rank).toArray();
    normalize(n, n.input(1), own, LongStream.range(0, axis).toArray());
  }

  private static void instance(NodeGradient n) {
    int rank = n.rank(0);
    long[] spatial = LongStream.range(2, rank).toArray();
    normalize(n, perChannel(n, n.input(1)), spatial, NodeGradient.axesBut(1, 0, rank));
  }

  private static void batch(NodeGradient n) {
    long[] axes = NodeGradient.axesBut(1, 0, n.rank(0));
    if (n.node().intAttribute("training_mode", 0) == 0) {
      frozen(n, axes);
    } else {
      byBatchStatistics(n, axes);
      n.none(3);
      n.none(4);
    }
  }

  /**
   * {@code dx = a g - (b (x - mean) + c)} with, for each channel, {@code a = scale v}, {@code b = a
   * v^2 sum(g (x - mean)) / count}, {@code c = a sum(g) / count}. The bracket is a
   * BatchNormalization with the batch's mean and variance 1: one pass over the data.
   */
  private static void byBatchStatistics(NodeGradient n, long[] axes) {
    Emitter e = n.emit();
    String x = n.input(0);
    String g = n.gradient();
    String mean = batchMean(n, axes);
    String variance = batchVariance(n, mean, axes);
    String shifted = e.add(variance, e.number(n.node().floatAttribute("epsilon", 1e-5f), x));
    String inverse = e.op("Reciprocal", e.op("Sqrt", shifted));
    String sum = e.sum(g, axes);
    String moment = e.sum(e.mul(g, e.sub(x, perChannel(n, mean))), axes);
    n.give(
        0,
        () -> {
          String a = e.mul(n.input(1), inverse);
          String share = e.div(a, e.cast(e.div(e.op("Size", x), e.op("Size", mean)), e.type(x)));
          String b = e.mul(e.mul(share, moment), e.mul(inverse, inverse));
          String one =
              n.fixedDims(1)
                  .map(dims -> e.filled(1, e.type(x), dims))
                  .orElseGet(() -> e.constantOf(1, e.shapeOf(n.input(1)), e.type(x)));
          String bracket =
              e.op(
                  "BatchNormalization",
                  Map.of("epsilon", Attribute.of(0f)),
                  x,
                  b,
                  e.mul(share, sum),
                  mean,
                  one);
          return e.sub(e.mul(g, perChannel(n, a)), bracket);
        });
    n.give(1, () -> e.mul(moment, inverse));
    n.give(2, () -> sum);
  }

  /** Whether the node returns the statistics of the batch as they are. */
  private static boolean returnsStatistics(NodeGradient n) {
    return n.node().floatAttribute("momentum", 0.9f) == 0
        && !n.output(1).isEmpty()
        && !n.output(2).isEmpty();
  }

  private static String batchMean(NodeGradient n, long[] axes) {
    return returnsStatistics(n)
        ? n.output(1)
        : n.emit().reshaped(n.emit().meanKeeping(n.input(0), axes), -1);
  }

  private static String batchVariance(NodeGradient n, String mean, long[] axes) {
    if (returnsStatistics(n)) {
      return n.output(2);
    }
    Emitter e = n.emit();
    String centered = e.sub(n.input(0), perChannel(n, mean));
    return e.reshaped(e.meanKeeping(e.mul(centered, centered), axes), -1);
  }

  /** A vector {@code [C]} as {@code [C, 1, ...]}, so that it is broadcast over channels. */
  private static String perChannel(NodeGradient n, String vector) {
    long[] shape = new long[n.rank(0) - 1];
    Arrays.fill(shape, 1);
    shape[0] = -1;
    return n.emit().reshaped(vector, shape);
  }

  /**
   * Emits the gradients by data, scale and bias.
   *
   * @param scale broadcast to the data
   * @param axes what the statistics are over
   * @param others the axes that the scale has not
   */
  private static void normalize(NodeGradient n, String scale, long[] axes, long[] others) {
    Emitter e = n.emit();
    String x = n.input(0);
    String g = n.gradient();
    double epsilon = n.node().floatAttribute("epsilon", 1e-5f);
    String centered = e.sub(x, e.meanKeeping(x, axes));
    String variance = e.meanKeeping(e.mul(centered, centered), axes);
    String inverse = e.op("Reciprocal", e.op("Sqrt", e.add(variance, e.number(epsilon, x))));
    n.give(
        0,
        () -> {
          String q = e.mul(g, scale);
          String pull = e.mul(e.mul(inverse, inverse), e.meanKeeping(e.mul(q, centered), axes));
          String rest = e.sub(e.sub(q, e.meanKeeping(q, axes)), e.mul(centered, pull));
          return e.mul(rest, inverse);
        });
    n.give(1, () -> e.reshapedLike(e.sum(e.mul(g, e.mul(centered, inverse)), others), n.input(1)));
    n.give(2, () -> e.reshapedLike(e.sum(g, others), n.input(2)));
  }

  private static void frozen(NodeGradient n, long[] axes) {
    Emitter e = n.emit();
    String x = n.input(0);
    String g = n.gradient();
    String shifted =
        e.add(n.input(4), e.number(n.node().floatAttribute("epsilon", 1e-5f), n.input(4)));
    String inverse = e.op("Reciprocal", e.op("Sqrt", shifted));
    String slope = e.mul(n.input(1), inverse);
    n.give(0, () -> e.mul(g, perChannel(n, slope)));
    n.give(1, () -> e.mul(sumOfCentered(n, axes), inverse));
    n.give(2, () -> e.sum(g, axes));
    n.give(3, () -> e.op("Neg", e.mul(e.sum(g, axes), slope)));
    n.give(
        4,
        () -> {
          String cube = e.mul(slope, e.mul(inverse, inverse));
          return e.scaled(e.mul(sumOfCentered(n, axes), cube), -0.5, x);
        });
  }

  /** For each channel the sum of {@code g (x - mean)}. */
  private static String sumOfCentered(NodeGradient n, long[] axes) {
    Emitter e = n.emit();
    String centered = e.sub(n.input(0), perChannel(n, n.input(3)));
    return e.sum(e.mul(n.gradient(), centered), axes);
  }
}
