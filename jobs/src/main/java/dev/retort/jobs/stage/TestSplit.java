package dev.retort.jobs.stage;

import dev.retort.data.DatasetDescriptor;
import dev.retort.jobs.spark.Inference;
import dev.retort.jobs.spark.StoredDataset;
import dev.retort.jobs.spark.StoredLabels;
import java.util.OptionalInt;

/**
 * The test data, held out: nobody gets its rows. They go to the stage that stores the teacher's
 * logits on them and to the one that scores a model next to these, and nowhere else, so that
 * nothing which a model is made from can have seen them.
 */
final class TestSplit {
  private final StoredDataset rows;

  TestSplit(StoredDataset rows) {
    this.rows = rows;
  }

  /** What the test data is, without its rows. */
  DatasetDescriptor descriptor() {
    return rows.descriptor();
  }

  /** The teacher's logits on the test data, stored apart from those of other data. */
  StoredLabels label(LabelStage stage) {
    return stage.execute("test", rows, OptionalInt.empty());
  }

  /** The score of the teacher, by its logits from {@link #label}. */
  Score evaluateTeacher(EvaluateStage stage, StoredLabels teacher) {
    return stage.teacher("teacher", rows, teacher);
  }

  /** The score of a model that is final, next to the teacher's logits from {@link #label}. */
  Score evaluate(EvaluateStage stage, String title, Inference model, StoredLabels teacher) {
    return stage.execute(title, model, rows, teacher);
  }
}
