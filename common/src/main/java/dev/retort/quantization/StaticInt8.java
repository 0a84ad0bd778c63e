package dev.retort.quantization;

import dev.retort.error.UnsupportedModelError;
import dev.retort.error.UserError;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.statistics.AffineGrid;
import dev.retort.statistics.ChannelSum;
import dev.retort.statistics.Distribution;
import dev.retort.statistics.Range;
import dev.retort.statistics.RangeEstimator;
import dev.retort.statistics.StatisticRequest;
import dev.retort.statistics.StatisticsTable;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Static int8 quantization of convolutional networks, as standard ONNX {@code QuantizeLinear} /
 * {@code DequantizeLinear} nodes that runtimes fuse into integer kernels: activations u8, affine
 * with an exact zero, one grid a tensor; weights s8, symmetric, one scale an output channel; bias
 * s32 at the product of the two scales (Jacob et al., Quantization and Training of Neural Networks
 * for Efficient Integer-Arithmetic-Only Inference, arXiv:1712.05877, section 2; weights by channel
 * as in Krishnamoorthi, arXiv:1806.08342, section 3.1).
 *
 * <p>The model should be fused first: a BatchNormalization behind a Conv stays in floating point.
 * Not supported: MatMul (see {@link DynamicInt8}), ConvTranspose, weights that are computed,
 * processors whose u8 x s8 product saturates (AVX2 without VNNI), which would need 7-bit weights.
 */
public final class StaticInt8 {
  static final int BITS = 8;

  private static final long LEAST_OPSET = 13;
  private static final String NO_STATISTICS =
      "Cannot quantize: the statistics have no %s of %s, must hold what the preset asked for;"
          + " calibrate this model";

  private StaticInt8() {}

  /**
   * The statistics that any choice may need: distributions of the activations, and sums by channel
   * of the layers' inputs.
   *
   * @throws UnsupportedModelError if nothing can be quantized
   */
  public static List<StatisticRequest> requests(Model model) {
    SortedSet<StatisticRequest> requests = new TreeSet<>();
    for (Set<OpGroup> groups : groupSets()) {
      Sites sites = sites(model, groups);
      for (String tensor : sites.tensors()) {
        if (sites.gridOf(tensor).equals(tensor) && stored(tensor, sites).isEmpty()) {
          requests.add(StatisticRequest.histogram(tensor));
        }
      }
      sites.layers().forEach(node -> requests.add(sumRequest(node)));
    }
    return List.copyOf(requests);
  }

  /**
   * The choices to be measured on validation for a given estimator: all groups first, then fewer. A
   * set of groups that would give the same quantized model as one before it is left out, as that of
   * sums whose operands and result are quantized for the layers around them anyway.
   *
   * @throws UnsupportedModelError if nothing can be quantized
   */
  public static List<QuantizationChoice> candidates(Model model, RangeEstimator range) {
    return distinctGroupSets(model).stream()
        .map(groups -> QuantizationChoice.of(range, groups))
        .toList();
  }

  private static List<Set<OpGroup>> distinctGroupSets(Model model) {
    Set<List<String>> seen = new LinkedHashSet<>();
    return groupSets().stream().filter(groups -> seen.add(sites(model, groups).grids())).toList();
  }

  /**
   * One clause for each named node: what {@link #plan} decides on it, in the plan's words; nothing
   * is asked of data.
   */
  public static Map<String, String> byNode(Model model) {
    if (model.opset("") < LEAST_OPSET) {
      String tooOld =
          "keep-float: the preset needs opset %d or more, this is %d"
              .formatted(LEAST_OPSET, model.opset(""));
      return StaticNodes.each(model, node -> tooOld);
    }
    Set<OpGroup> least = EnumSet.of(OpGroup.CONV_GEMM);
    boolean hasLayers = !Sites.of(model, least).layers().isEmpty();
    return StaticNodes.clauses(model, hasLayers ? distinctGroupSets(model) : List.of(least));
  }

  /** The choices for every estimator with its default settings. */
  public static List<QuantizationChoice> candidates(Model model) {
    return RangeEstimator.ALL.stream().flatMap(r -> candidates(model, r).stream()).toList();
  }

  /**
   * Decides on every tensor and node of {@code model}.
   *
   * @throws UserError if {@code statistics} lack what {@link #requests} asked for, or hold values
   *     that are not finite
   * @throws UnsupportedModelError if nothing can be quantized
   */
  public static StaticPlan plan(
      Model model, StatisticsTable statistics, QuantizationChoice choice) {
    Sites sites = sites(model, choice.groups());
    Map<String, ActivationQuantization> activations = new LinkedHashMap<>();
    for (String tensor : sites.tensors()) {
      activations.put(tensor, activation(tensor, sites, statistics, choice, activations));
    }
    List<LayerQuantization> layers = new ArrayList<>();
    for (Node node : sites.layers()) {
      StatisticRequest request = sumRequest(node);
      Optional<ChannelSum> sums = statistics.channelSum(request.tensor(), request.channelAxis());
      layers.add(
          WeightRounding.of(
              LayerWeights.of(node, sites.graph()),
              activations.get(node.input(0)).grid().scale(),
              sums));
    }
    return new StaticPlan(
        Int8Scheme.of(model), choice, List.copyOf(activations.values()), layers, sites.others());
  }

  private static ActivationQuantization activation(
      String tensor,
      Sites sites,
      StatisticsTable statistics,
      QuantizationChoice choice,
      Map<String, ActivationQuantization> before) {
    String source = sites.gridOf(tensor);
    if (!source.equals(tensor)) {
      ActivationQuantization of = before.get(source);
      return new ActivationQuantization(
          tensor,
          of.range(),
          of.grid(),
          Optional.empty(),
          of.clippedFraction(),
          of.signalToNoise(),
          ActivationQuantization.sharing(source));
    }
    return stored(tensor, sites)
        .map(levels -> exact(tensor, levels))
        .orElseGet(() -> estimated(tensor, statistics, choice.range()));
  }

  private static ActivationQuantization exact(String tensor, StoredLevels levels) {
    AffineGrid grid = levels.grid();
    return new ActivationQuantization(
        tensor,
        new Range(grid.lowest(), grid.highest()),
        grid,
        Optional.of(levels.levels()),
        0,
        Double.POSITIVE_INFINITY,
        ActivationQuantization.exact(levels.levels()));
  }

  private static ActivationQuantization estimated(
      String tensor, StatisticsTable statistics, RangeEstimator estimator) {
    Distribution distribution =
        statistics
            .histogram(tensor)
            .orElseThrow(() -> UserError.input(NO_STATISTICS.formatted("histogram", tensor)))
            .distribution(tensor);
    Range range = estimator.range(distribution, BITS);
    AffineGrid grid = AffineGrid.of(range, BITS);
    double half = grid.scale() / 2.0;
    return new ActivationQuantization(
        tensor,
        range,
        grid,
        Optional.empty(),
        distribution.fractionOutside(grid.lowest() - half, grid.highest() + half),
        Decibels.of(distribution.meanSquare(), distribution.meanSquaredError(grid)),
        "range by " + estimator.name() + ": keeps " + estimator.meaning());
  }

  private static Sites sites(Model model, Set<OpGroup> groups) {
    if (model.opset("") < LEAST_OPSET) {
      throw new UnsupportedModelError(
          "Cannot quantize the model: its opset is %d, must be %d or more; export it anew"
              .formatted(model.opset(""), LEAST_OPSET));
    }
    Sites sites = Sites.of(model, groups);
    if (sites.layers().isEmpty()) {
      throw new UnsupportedModelError(
          ("Cannot quantize the model: none of its %d nodes is a Conv or Gemm with constant"
                  + " weights, must be one at least; see inspect for what each node is")
              .formatted(model.graph().nodes().size()));
    }
    return sites;
  }

  private static Optional<StoredLevels> stored(String tensor, Sites sites) {
    return StoredLevels.of(tensor, sites.graph(), sites.types());
  }

  /** Channels are the first axis of a sample, of {@code [N, C, ...]} as of {@code [N, K]}. */
  private static StatisticRequest sumRequest(Node layer) {
    return StatisticRequest.channelSum(layer.input(0), 0);
  }

  private static List<Set<OpGroup>> groupSets() {
    return List.of(
        EnumSet.allOf(OpGroup.class),
        EnumSet.of(OpGroup.CONV_GEMM, OpGroup.ADD),
        EnumSet.of(OpGroup.CONV_GEMM, OpGroup.POOL),
        EnumSet.of(OpGroup.CONV_GEMM));
  }
}
