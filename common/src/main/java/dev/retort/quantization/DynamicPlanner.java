package dev.retort.quantization;

import dev.retort.error.UserError;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.statistics.ChannelAbsMax;
import dev.retort.statistics.StatisticRequest;
import dev.retort.statistics.StatisticsTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes one {@link DynamicPlan}. Used once. */
final class DynamicPlanner {
  private final Model model;
  private final DynamicSites sites;
  private final StatisticsTable statistics;
  private final double alpha;

  DynamicPlanner(Model model, DynamicSites sites, StatisticsTable statistics, double alpha) {
    this.model = model;
    this.sites = sites;
    this.statistics = statistics;
    this.alpha = alpha;
  }

  DynamicPlan plan() {
    Map<String, Smoothing> inputs = new LinkedHashMap<>();
    DynamicInt8.inputs(sites).forEach(input -> inputs.put(input, smoothing(input)));
    Map<List<Object>, MatrixQuantization> matrices = new LinkedHashMap<>();
    sites
        .embeddings()
        .forEach(
            node -> {
              String table = DynamicSites.constantOf(node);
              matrices.computeIfAbsent(
                  List.of(table, 0),
                  key -> matrix(table, 0).quantization(table, Optional.empty(), reason(node)));
            });
    for (LinearSite layer : sites.layers()) {
      matrices.computeIfAbsent(
          List.of(layer.weight(), layer.channelAxis()),
          key -> weights(layer, inputs.get(layer.input())));
    }
    return new DynamicPlan(
        Int8Scheme.of(model),
        alpha,
        List.copyOf(inputs.values()),
        List.copyOf(matrices.values()),
        sites.others());
  }

  private MatrixQuantization weights(LinearSite layer, Smoothing smoothing) {
    MatrixLevels matrix = matrix(layer.weight(), layer.channelAxis());
    return matrix
        .times(smoothing.factors(matrix.inputChannels()))
        .quantization(
            layer.weight(),
            smoothing.isNone() ? Optional.empty() : Optional.of(smoothing.tensor()),
            reason(layer)
                + (smoothing.isNone() ? "" : " after the factors of " + smoothing.tensor()));
  }

  /** What the plan says of the weights of {@code layer}, before it has seen data. */
  static String reason(LinearSite layer) {
    return "weights of %s, scale = abs-max / 127 of each output channel"
        .formatted(title(layer.node()));
  }

  /** What the plan says of the table that {@code embedding} looks up. */
  static String reason(Node embedding) {
    return "embedding of %s, scale = abs-max / 127 of each row".formatted(title(embedding));
  }

  /** What people know a node by, such as {@code MatMul /layer.0/query/MatMul}. */
  private static String title(Node node) {
    return (node.opType() + " " + node.name()).strip();
  }

  private MatrixLevels matrix(String constant, int channelAxis) {
    MatrixLevels matrix =
        MatrixLevels.of(sites.graph().constant(constant).orElseThrow(), channelAxis);
    if (!matrix.isFinite()) {
      throw UserError.input(
          "Cannot quantize constant %s: it holds NaN or an infinity, must be finite; train or export the model anew"
              .formatted(constant));
    }
    return matrix;
  }

  private Smoothing smoothing(String input) {
    if (alpha == 0) {
      return Smoothing.none(input, 0, "range of each run");
    }
    Optional<StatisticRequest> request = DynamicInt8.request(input, sites, model);
    if (request.isEmpty()) {
      return Smoothing.none(
          input,
          0,
          "range of each run; not smoothed, as its first axis is not known to be the batch");
    }
    float[] maxima = maxima(request.get());
    Optional<String> shared = sharedWeight(input);
    return shared.isPresent()
        ? Smoothing.none(
            input,
            max(maxima),
            "range of each run; not smoothed, as another reader shares the weights " + shared.get())
        : Smoothing.of(input, maxima, weightMaxima(input, maxima.length), alpha);
  }

  /** Weights of a layer that reads {@code input} which something else reads as well. */
  private Optional<String> sharedWeight(String input) {
    return sites.layers().stream()
        .filter(layer -> layer.input().equals(input))
        .map(LinearSite::weight)
        .filter(
            weight ->
                sites.graph().consumers(weight).stream()
                    .anyMatch(reader -> !reader.input(0).equals(input)))
        .findFirst();
  }

  private float[] weightMaxima(String input, int channels) {
    float[] maxima = new float[channels];
    for (LinearSite layer : sites.layers()) {
      if (layer.input().equals(input)) {
        float[] own = matrix(layer.weight(), layer.channelAxis()).inputAbsMax();
        for (int channel = 0; channel < channels; channel++) {
          maxima[channel] = Math.max(maxima[channel], own[channel]);
        }
      }
    }
    return maxima;
  }

  private float[] maxima(StatisticRequest request) {
    ChannelAbsMax observed =
        statistics
            .statistic(request)
            .map(ChannelAbsMax.class::cast)
            .filter(found -> found.maxima().length > 0)
            .orElseThrow(
                () ->
                    UserError.input(
                        "Cannot quantize: the statistics have no abs-max of %s, must hold what the preset asked for; calibrate this model"
                            .formatted(request.tensor())));
    float[] maxima = observed.maxima();
    if (observed.nans() > 0 || !Float.isFinite(max(maxima))) {
      throw UserError.input(
          "Cannot quantize tensor %s: calibration saw NaN or an infinity, must be finite; check the model and the data"
              .formatted(request.tensor()));
    }
    return maxima;
  }

  private static float max(float[] values) {
    float max = 0;
    for (float value : values) {
      max = Math.max(max, value);
    }
    return max;
  }
}
