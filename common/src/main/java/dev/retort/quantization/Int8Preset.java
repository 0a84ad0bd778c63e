package dev.retort.quantization;

import dev.retort.error.UnsupportedModelError;
import dev.retort.graph.Model;
import dev.retort.statistics.StatisticRequest;
import java.util.List;
import java.util.Map;

/**
 * The preset {@code int8}: asks for statistics, decides into a {@link QuantizationPlan}, rewrites.
 * {@link Int8Scheme} chooses between {@link StaticInt8} and {@link DynamicInt8}, which decide.
 */
public final class Int8Preset {
  private Int8Preset() {}

  /**
   * The statistics that any choice of the model's scheme may need.
   *
   * @throws UnsupportedModelError if nothing can be quantized
   */
  public static List<StatisticRequest> requests(Model model) {
    return switch (Int8Scheme.of(model).kind()) {
      case STATIC -> StaticInt8.requests(model);
      case DYNAMIC -> DynamicInt8.requests(model);
    };
  }

  /** One clause for each named node: what the plan would say of it, data apart. */
  public static Map<String, String> byNode(Model model) {
    return switch (Int8Scheme.of(model).kind()) {
      case STATIC -> StaticInt8.byNode(model);
      case DYNAMIC -> DynamicInt8.byNode(model);
    };
  }

  /**
   * The quantized model: inputs and outputs keep their names and types.
   *
   * @throws IllegalArgumentException if {@code plan} was made for another model
   */
  public static Model rewrite(Model model, QuantizationPlan plan) {
    if (plan instanceof DynamicPlan dynamic) {
      return new DynamicRewrite(model, dynamic).run();
    }
    return new QdqRewrite(model, (StaticPlan) plan).run();
  }
}
