package dev.retort.jobs.stage;

import dev.retort.graph.Model;
import dev.retort.plan.Plan;
import dev.retort.report.QuantizedTensors;
import java.util.Optional;

/**
 * What a step made.
 *
 * @param name the step's name in the recipe
 * @param model the model after it
 * @param plan what was decided and why
 * @param statistics what calibration found, where the step calibrates
 * @param tensors what it quantized
 */
record StepOutput(
    String name,
    Model model,
    Plan plan,
    Optional<CalibrationResult> statistics,
    QuantizedTensors tensors) {}
