package dev.retort.report;

import dev.retort.plan.Plan;

/**
 * One step of the recipe.
 *
 * @param result the model after it
 * @param plan what was decided and why
 * @param tensors what it quantized
 */
public record StepResult(ModelResult result, Plan plan, QuantizedTensors tensors) {}
