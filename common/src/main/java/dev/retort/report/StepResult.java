package dev.retort.report;

import dev.retort.plan.Plan;
import java.util.List;

/**
 * One step of the recipe.
 *
 * @param result the model after it
 * @param plan what was decided and why
 * @param histograms the tensors that it gave a range, in the order of the model
 */
public record StepResult(ModelResult result, Plan plan, List<TensorHistogram> histograms) {
  public StepResult {
    histograms = List.copyOf(histograms);
  }
}
