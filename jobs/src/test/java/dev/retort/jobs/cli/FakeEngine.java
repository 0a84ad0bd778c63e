package dev.retort.jobs.cli;

import dev.retort.jobs.stage.BenchRequest;
import dev.retort.jobs.stage.BenchResult;
import dev.retort.jobs.stage.CalibrationResult;
import dev.retort.jobs.stage.LabelResult;
import dev.retort.jobs.stage.ModelOutcome;
import dev.retort.jobs.stage.PipelineRequest;
import dev.retort.jobs.stage.RunOutlook;
import dev.retort.jobs.stage.RunResult;
import dev.retort.provenance.Sha256;
import dev.retort.runtime.MemoryPrediction;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** A pipeline that computes nothing. */
record FakeEngine(Function<PipelineRequest, RunResult> compress) implements Engine {

  /** For commands that must not call the pipeline. */
  static FakeEngine unused() {
    return new FakeEngine(
        request -> {
          throw new AssertionError("the pipeline was called");
        });
  }

  @Override
  public RunResult compress(PipelineRequest request) {
    return compress.apply(request);
  }

  @Override
  public RunOutlook plan(PipelineRequest request) {
    return new RunOutlook(
        request.effectiveRunId(),
        "interrupted",
        List.of(
            new RunOutlook.PlannedStage(
                "label test", RunOutlook.Status.STORED, "the teacher's outputs")),
        new MemoryPrediction(10_000_000, 9_000_000, 300_000, 3_000_000, 0),
        2,
        32,
        List.of());
  }

  @Override
  public List<LabelResult> label(PipelineRequest request) {
    return List.of(new LabelResult("train", 54_000, "/w/store/label/1", Sha256.of("c")));
  }

  @Override
  public CalibrationResult calibrate(PipelineRequest request) {
    SortedMap<String, List<Double>> ranges = new TreeMap<>(Map.of("mse", List.of(0.0, 5.5)));
    return new CalibrationResult(
        Sha256.of("s"),
        List.of(new CalibrationResult.TensorRanges("act1", 1_000_000, 0, 6.25, ranges)));
  }

  @Override
  public List<ModelOutcome> evaluate(PipelineRequest request, Path model) {
    return List.of(
        Outcomes.of("teacher", 2_812_500, 1, 0.949, List.of()),
        Outcomes.of("evaluate", 750_000, 0.4, 0.9483, List.of()));
  }

  @Override
  public BenchResult bench(PipelineRequest request, BenchRequest bench) {
    return new BenchResult(
        8_192,
        2,
        32,
        0.1,
        List.of(
            new BenchResult.Way(BenchResult.LIMIT, 3_000, ""),
            new BenchResult.Way(BenchResult.RETORT, 2_940, ""),
            new BenchResult.Way(BenchResult.PEER, 0, "ended with exit code 137: Killed")));
  }
}
