package dev.retort.jobs.stage;

import dev.retort.jobs.spark.StoredModel;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The end of a run: latencies of all models side by side, gates, report, result. */
final class Conclusion {
  private final Run run;
  private final MeasureStage measure;
  private final Datasets data;

  Conclusion(Run run, MeasureStage measure, Datasets data) {
    this.run = run;
    this.measure = measure;
    this.data = data;
  }

  RunResult conclude(Judged original, List<StepOutput> outputs, List<Judged> judged) {
    List<StoredModel> files =
        Stream.concat(Stream.of(original), judged.stream()).map(Judged::file).distinct().toList();
    Measurement latency = measure.latency("result", files);
    files.forEach(measure::profile);
    Stream.concat(Stream.of(original), judged.stream()).forEach(this::writeConfusion);
    ModelOutcome base = original.outcome(latency);
    List<ModelOutcome> steps = new ArrayList<>();
    for (int i = 0; i < judged.size(); i++) {
      ModelOutcome outcome = judged.get(i).outcome(latency);
      GateResult.Role role =
          i == judged.size() - 1 ? GateResult.Role.DECIDES : GateResult.Role.INFORMS;
      steps.add(outcome.withGates(GateCheck.check(run.recipe().gates(), base, outcome, role)));
    }
    new ReportStage(run, measure, latency, data).execute(original, judged, outputs, steps);
    RunResult result = RunResult.complete(run.runId(), base, steps, run.timings());
    return run.isReproducible() ? result : result.ofMixedProcessors();
  }

  /** Beside the model and its plan, for every model: the report has the first and the last. */
  private void writeConfusion(Judged model) {
    model
        .classification()
        .ifPresent(found -> run.writer().write(model.confusionPath(), ConfusionCsv.of(found)));
  }
}
