package dev.retort.jobs.stage;

import dev.retort.cost.ModelSummary;
import dev.retort.jobs.mllib.ClassificationMetrics;
import dev.retort.jobs.spark.StoredModel;
import dev.retort.plan.Plan;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A model of the run and how it does on the test data.
 *
 * @param name the step's name, {@code teacher} for the original
 * @param path its file in the run directory
 * @param file the same bytes in the store
 * @param zippedBytes the length of the file after DEFLATE
 * @param summary what it consists of; its costs are those of the test data's median text
 * @param score on the test data, next to the teacher
 * @param classification by MLlib, where the data has labels
 * @param note what a reader of the score must know; empty for most
 */
record Judged(
    String name,
    String path,
    StoredModel file,
    long zippedBytes,
    ModelSummary summary,
    Score score,
    Optional<ClassificationMetrics> classification,
    String note) {
  private static final double POINTS = 100;
  private static final String TEACHERS_BYTES =
      "the same bytes as the teacher's inference copy: scored by its stored logits, not run again";

  /** The file and the score of the model that {@code summary} is of. */
  static Judged of(
      String name,
      ModelFile written,
      ModelSummary summary,
      Score score,
      Optional<ClassificationMetrics> c) {
    return new Judged(
        name, written.path(), written.stored(), written.zippedBytes(), summary, score, c, "");
  }

  /** This model, which has the bytes that the teacher's logits were computed with. */
  Judged ofTheTeachersBytes() {
    return new Judged(
        name, path, file, zippedBytes, summary, score, classification, TEACHERS_BYTES);
  }

  /** {@code plan} for the report, with the note if there is one. */
  Plan noted(Plan plan) {
    return note.isEmpty() ? plan : plan.with("score", note);
  }

  /** A model's file: in the run directory, in the store, and zipped. */
  record ModelFile(String path, StoredModel stored, long zippedBytes) {}

  /** Where the counts by class lie in the run directory: beside the model. */
  String confusionPath() {
    return path.substring(0, path.lastIndexOf('/') + 1) + "confusion.csv";
  }

  /** The metrics by name, as {@code result.json} has them. */
  SortedMap<String, Double> metrics() {
    SortedMap<String, Double> metrics = new TreeMap<>();
    metrics.put("agreement", score.divergence().agreement());
    metrics.put("meanKl", score.divergence().meanDivergence());
    metrics.put("meanCosine", score.divergence().meanCosine());
    metrics.put("samples", (double) score.divergence().samples());
    classification.ifPresent(
        c -> {
          metrics.put("accuracy", c.accuracy());
          metrics.put("macroF1", c.macroF1());
          metrics.put("accuracyDrop", drop(score.paired().difference()));
          metrics.put("accuracyDropLow", drop(score.paired().interval().high()));
          metrics.put("accuracyDropHigh", drop(score.paired().interval().low()));
        });
    return metrics;
  }

  /** A difference of accuracies as lost points; never a negative zero. */
  private static double drop(double difference) {
    return 0.0 - POINTS * difference;
  }

  /** This model with its latency, as {@code result.json} has it; gates come later. */
  ModelOutcome outcome(Measurement latency) {
    return new ModelOutcome(
        name,
        path,
        file.sha256(),
        file.sizeBytes(),
        zippedBytes,
        summary.cost().parameters(),
        metrics(),
        latency.value(MeasureStage.medianOf(file, 1)),
        latency.value(MeasureStage.medianOf(file, 32)),
        List.of(),
        note);
  }
}
