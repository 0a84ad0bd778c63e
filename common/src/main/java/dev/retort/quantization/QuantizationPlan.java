package dev.retort.quantization;

import dev.retort.plan.Decision;
import dev.retort.plan.Plan;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What the preset int8 decided for a model; enough to rewrite it. */
public sealed interface QuantizationPlan permits StaticPlan, DynamicPlan {

  /** The plan as it is printed, saved and compared. */
  default Plan toPlan() {
    TreeMap<String, String> settings = new TreeMap<>(settings());
    settings.put("preset", "int8");
    List<Decision> decisions =
        Stream.of(Stream.of(scheme().toDecision()), quantized(), others().stream())
            .flatMap(d -> d)
            .toList();
    return new Plan("quantize", settings, decisions);
  }

  /** Why the model is quantized so. */
  Int8Scheme scheme();

  /** What the decisions follow from besides the model and the data, by name. */
  Map<String, String> settings();

  /** The decisions on what is quantized, activations first. */
  Stream<Decision> quantized();

  /** The decisions on the rest, with the reason. */
  List<Decision> others();

  /** The activations that have a fixed range, in the order of the model's nodes. */
  List<ActivationQuantization> activations();
}
