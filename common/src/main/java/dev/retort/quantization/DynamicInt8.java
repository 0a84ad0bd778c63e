package dev.retort.quantization;

import dev.retort.error.UnsupportedModelError;
import dev.retort.error.UserError;
import dev.retort.graph.Dim;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.statistics.StatisticRequest;
import dev.retort.statistics.StatisticsTable;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Dynamic int8 quantization of transformers, as standard ONNX operators: {@code
 * DynamicQuantizeLinear} (u8, the range of each run) and {@code MatMulInteger} with s8 weights, one
 * scale an output channel; embeddings s8, one scale a row. Activations are smoothed first, see
 * {@link Smoothing}.
 *
 * <pre>
 *   x -> [Mul 1/s] -> DynamicQuantizeLinear -> MatMulInteger(W) -> Cast -> Mul(scale x * scale w) -> y
 *   ids -> Gather(table s8) -> Cast -> Mul(Gather(scales)) -> vectors
 * </pre>
 *
 * <p>Products that read one activation share its quantization. The range of an activation is that
 * of the whole batch, so a sample's result depends on the samples beside it: equal batches give
 * equal bits.
 *
 * <p>Not supported: products of two activations (attention scores stay float), constants that are
 * no float32 matrices, processors whose u8 x s8 product saturates (AVX2 without VNNI), which would
 * need 7-bit weights.
 */
public final class DynamicInt8 {
  private static final long LEAST_OPSET = 11;

  private DynamicInt8() {}

  /**
   * The statistics that smoothing needs: the largest absolute value of each channel of what the
   * layers read.
   *
   * @throws UnsupportedModelError if nothing can be quantized
   */
  public static List<StatisticRequest> requests(Model model) {
    DynamicSites sites = sites(model);
    NavigableSet<StatisticRequest> requests = new TreeSet<>();
    for (String input : inputs(sites)) {
      request(input, sites, model).ifPresent(requests::add);
    }
    return List.copyOf(requests);
  }

  /**
   * Decides on every constant, and on every activation that a quantized layer reads.
   *
   * @param smoothing alpha of {@link Smoothing}, 0 to 1; 0 for none, which needs no statistics
   * @throws UserError if {@code statistics} lack what {@link #requests} asked for, or hold values
   *     that are not finite, or weights do
   * @throws UnsupportedModelError if nothing can be quantized
   */
  public static DynamicPlan plan(Model model, StatisticsTable statistics, double smoothing) {
    return new DynamicPlanner(model, sites(model), statistics, smoothing).plan();
  }

  /** One clause for each named node: what {@link #plan} decides on it, in the plan's words. */
  public static Map<String, String> byNode(Model model) {
    DynamicSites sites = DynamicSites.of(model);
    Map<String, String> clauses = new LinkedHashMap<>();
    for (Node node : model.graph().nodes()) {
      clauses.put(
          node.name(),
          sites
              .refusalOf(node)
              .map(why -> "keep-float: %s: %s".formatted(node.opType(), why))
              .orElse("unchanged: %s looks up or multiplies no constant".formatted(node.opType())));
    }
    for (LinearSite layer : sites.layers()) {
      clauses.put(
          layer.node().name(),
          MatrixQuantization.action(layer.channelAxis()) + ": " + DynamicPlanner.reason(layer));
    }
    sites
        .embeddings()
        .forEach(
            node ->
                clauses.put(
                    node.name(),
                    MatrixQuantization.action(0) + ": " + DynamicPlanner.reason(node)));
    return clauses;
  }

  /** The activations that layers read, in order. */
  static Set<String> inputs(DynamicSites sites) {
    Set<String> inputs = new LinkedHashSet<>();
    sites.layers().forEach(layer -> inputs.add(layer.input()));
    return inputs;
  }

  /** Channels are the last axis; empty unless the first one is known to be the batch. */
  static Optional<StatisticRequest> request(String tensor, DynamicSites sites, Model model) {
    return sites
        .types()
        .of(tensor)
        .flatMap(ValueType.OfTensor::shape)
        .filter(shape -> shape.size() >= 2 && isBatch(shape.get(0), model))
        .map(shape -> StatisticRequest.channelAbsMax(tensor, shape.size() - 2));
  }

  private static boolean isBatch(Dim dim, Model model) {
    return model.graph().requiredInputs().stream()
        .map(ValueInfo::type)
        .filter(ValueType.OfTensor.class::isInstance)
        .flatMap(type -> ((ValueType.OfTensor) type).shape().stream())
        .anyMatch(shape -> !shape.isEmpty() && shape.get(0).equals(dim));
  }

  private static DynamicSites sites(Model model) {
    if (model.opset("") < LEAST_OPSET) {
      throw new UnsupportedModelError(
          "Cannot quantize the model: its opset is %d, must be %d or more; export it anew"
              .formatted(model.opset(""), LEAST_OPSET));
    }
    DynamicSites sites = DynamicSites.of(model);
    if (sites.layers().isEmpty() && sites.embeddings().isEmpty()) {
      throw new UnsupportedModelError(
          ("Cannot quantize the model: none of its %d nodes is a MatMul, Gemm or Gather with a"
                  + " constant matrix that can be quantized, must be one at least; see inspect for"
                  + " what each node is")
              .formatted(model.graph().nodes().size()));
    }
    return sites;
  }
}
