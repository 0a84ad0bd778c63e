package dev.retort.jobs.cli;

import dev.retort.jobs.stage.BenchRequest;
import dev.retort.jobs.stage.BenchResult;
import dev.retort.jobs.stage.CalibrationResult;
import dev.retort.jobs.stage.LabelResult;
import dev.retort.jobs.stage.ModelOutcome;
import dev.retort.jobs.stage.PipelineRequest;
import dev.retort.jobs.stage.RunOutlook;
import dev.retort.jobs.stage.RunResult;
import java.nio.file.Path;
import java.util.List;

/** What the commands need of the pipeline. */
interface Engine {

  /** Runs all steps of the recipe, or finds them done. */
  RunResult compress(PipelineRequest request);

  /** What {@link #compress} would do; runs no job. */
  RunOutlook plan(PipelineRequest request);

  /** Stores the teacher's outputs on training and validation data. */
  List<LabelResult> label(PipelineRequest request);

  /** Observes activations; the ranges that each way to choose them gives. */
  CalibrationResult calibrate(PipelineRequest request);

  /** Scores a model on the test data: the teacher's outcome, then the model's. */
  List<ModelOutcome> evaluate(PipelineRequest request, Path model);

  /** Labels in several ways, and times them. */
  BenchResult bench(PipelineRequest request, BenchRequest bench);
}
