package dev.retort.jobs.cli;

import dev.retort.jobs.stage.BenchRequest;
import dev.retort.jobs.stage.BenchResult;
import dev.retort.jobs.stage.CalibrationResult;
import dev.retort.jobs.stage.LabelResult;
import dev.retort.jobs.stage.ModelOutcome;
import dev.retort.jobs.stage.Pipeline;
import dev.retort.jobs.stage.PipelineRequest;
import dev.retort.jobs.stage.RunOutlook;
import dev.retort.jobs.stage.RunResult;
import java.nio.file.Path;
import java.util.List;

/** The pipeline itself. */
final class PipelineEngine implements Engine {
  @Override
  public RunResult compress(PipelineRequest request) {
    return Pipeline.compress(request);
  }

  @Override
  public RunOutlook plan(PipelineRequest request) {
    return Pipeline.plan(request);
  }

  @Override
  public List<LabelResult> label(PipelineRequest request) {
    return Pipeline.label(request);
  }

  @Override
  public CalibrationResult calibrate(PipelineRequest request) {
    return Pipeline.calibrate(request);
  }

  @Override
  public List<ModelOutcome> evaluate(PipelineRequest request, Path model) {
    return Pipeline.evaluate(request, model);
  }

  @Override
  public BenchResult bench(PipelineRequest request, BenchRequest bench) {
    return Pipeline.bench(request, bench);
  }
}
