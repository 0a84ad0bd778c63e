package dev.retort.jobs.stage;

import dev.retort.graph.Model;
import dev.retort.plan.Plan;
import dev.retort.report.TensorHistogram;
import java.util.List;

/**
 * What a step made.
 *
 * @param name the step's name in the recipe
 * @param model the model after it
 * @param plan what was decided and why
 * @param histograms the tensors that it gave a range
 */
record StepOutput(String name, Model model, Plan plan, List<TensorHistogram> histograms) {
  StepOutput {
    histograms = List.copyOf(histograms);
  }
}
