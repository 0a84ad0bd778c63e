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

  /** Whether labels are wanted that nobody has started to make. */
  boolean isWaiting() {
    return !waiting.isEmpty();
  }

  /** Starts the labelling of the validation data. */
  SideBySide.Pending<StoredLabels> startValidation(SideBySide stages) {
    return stages.start(
        "label", () -> label.execute("validation", data.validation(), OptionalInt.empty()));
  }

  /** Starts all that waits. */
  SideBySide.Pending<List<StoredLabels>> startWaiting(SideBySide stages) {
    List<SideBySide.Pending<StoredLabels>> train =
        waiting.stream().map(step -> stages.start("label train", () -> execute(step))).toList();
    waiting.clear();
    return () -> train.stream().map(SideBySide.Pending::await).toList();
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
