package dev.retort.jobs.stage;

import dev.retort.graph.Model;
import dev.retort.plan.Plan;
import dev.retort.report.TensorHistogram;
import java.util.List;
import java.util.Optional;

/**
 * What a step made.
 *
 * @param name the step's name in the recipe
 * @param model the model after it
 * @param plan what was decided and why
 * @param statistics what calibration found, where the step calibrates
 * @param histograms the tensors that it gave a range
 */
record StepOutput(
    String name,
    Model model,
    Plan plan,
    Optional<CalibrationResult> statistics,
    List<TensorHistogram> histograms) {
  StepOutput {
    histograms = List.copyOf(histograms);
  }
}
