package dev.retort.quantization;

import dev.retort.plan.Plan;
import java.util.List;

/** What the preset int8 decided for a model; enough to rewrite it. */
public sealed interface QuantizationPlan permits StaticPlan, DynamicPlan {

  /** The plan as it is printed, saved and compared. */
  Plan toPlan();

  /** The activations that have a fixed range, in the order of the model's nodes. */
  List<ActivationQuantization> activations();
}
