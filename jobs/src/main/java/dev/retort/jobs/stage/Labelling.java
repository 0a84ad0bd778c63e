package dev.retort.jobs.stage;

import dev.retort.jobs.spark.StoredLabels;
import dev.retort.recipe.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The labelling that a recipe asks for. No stage waits for the labels of the training data, so they
 * are made beside the next stage that has jobs of its own, or at the end.
 */
final class Labelling {
  private final LabelStage label;
  private final Datasets data;
  private final List<Step.Label> waiting = new ArrayList<>();

  Labelling(LabelStage label, Datasets data) {
    this.label = label;
    this.data = data;
  }

  /** The teacher's logits are wanted on the training data. */
  void add(Step.Label step) {
    waiting.add(step);
  }

  LabelStage stage() {
    return label;
  }

  /** Starts the labelling of the validation data, and all that waits; gives the former. */
  SideBySide.Pending<StoredLabels> start(SideBySide stages) {
    SideBySide.Pending<StoredLabels> validation =
        stages.start(
            "label", () -> label.execute("validation", data.validation(), OptionalInt.empty()));
    List<SideBySide.Pending<StoredLabels>> train =
        waiting.stream().map(step -> stages.start("label train", () -> execute(step))).toList();
    waiting.clear();
    return () -> {
      train.forEach(SideBySide.Pending::await);
      return validation.await();
    };
  }

  /** Does what still waits. */
  void finish() {
    waiting.forEach(this::execute);
    waiting.clear();
  }

  private StoredLabels execute(Step.Label step) {
    return label.execute("train", data.train(), step.topK());
  }
}
