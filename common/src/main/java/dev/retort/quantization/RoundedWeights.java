package dev.retort.quantization;

import dev.retort.graph.GraphEditor;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.statistics.ValueHistogram;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.stream.Stream;

/**
 * What its quantizer does to the weights of one layer or embedding, for people to look at.
 *
 * @param tensor their name
 * @param scales of the channels
 * @param signalToNoise mean square of the weights over their mean squared error, in dB
 * @param values the distribution of the float weights, after the factors of smoothing
 * @param clippedFraction the fraction of weights beyond the ends of their channel's grid, {@code
 *     |w| > 127.5 scale}
 * @param zeroedFraction the fraction of weights that are not zero and become zero, {@code |w| <=
 *     scale / 2}
 */
public record RoundedWeights(
    String tensor,
    List<Float> scales,
    double signalToNoise,
    ValueHistogram values,
    double clippedFraction,
    double zeroedFraction) {
  public RoundedWeights {
    scales = List.copyOf(scales);
  }

  /**
   * The weights of {@code plan} in its order, each looked at when the stream comes to it, since a
   * histogram takes 512 kB.
   *
   * @param model the float model that the plan was made for
   */
  public static Stream<RoundedWeights> of(Model model, QuantizationPlan plan) {
    GraphEditor graph = GraphEditor.of(model);
    if (plan instanceof DynamicPlan dynamic) {
      return dynamic.matrices().stream()
          .map(m -> dynamic.levels(m, graph.constant(m.tensor()).orElseThrow()).rounded(m));
    }
    return ((StaticPlan) plan)
        .layers().stream()
            .map(
                layer -> {
                  Node node = graph.producer(layer.output()).orElseThrow();
                  return of(layer, LayerWeights.of(node, graph));
                });
  }

  private static RoundedWeights of(LayerQuantization layer, LayerWeights weights) {
    ValueHistogram values = new ValueHistogram();
    long clipped = 0;
    long zeroed = 0;
    for (int output = 0; output < weights.outputChannels(); output++) {
      float[] channel = weights.channel(output);
      float scale = layer.scales().get(output);
      values.update(FloatBuffer.wrap(channel));
      for (float weight : channel) {
        clipped += WeightRounding.isClipped(weight, scale) ? 1 : 0;
        zeroed += weight != 0 && WeightRounding.round(weight, scale) == 0 ? 1 : 0;
      }
    }
    double count = (double) Math.max(1, values.count());
    return new RoundedWeights(
        layer.weight(),
        layer.scales(),
        layer.signalToNoise(),
        values,
        clipped / count,
        zeroed / count);
  }
}
