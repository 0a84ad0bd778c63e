package dev.retort.jobs.stage;

import dev.retort.cost.ModelSummary;
import dev.retort.graph.OperatorSet;
import dev.retort.jobs.run.RunDirectory;
import dev.retort.metrics.PairedDifference;
import dev.retort.recipe.RecipeModel;
import dev.retort.report.Estimate;
import dev.retort.report.Gate;
import dev.retort.report.GraphSummary;
import dev.retort.report.Latency;
import dev.retort.report.ModelResult;
import dev.retort.report.Quality;
import dev.retort.report.ReportData;
import dev.retort.report.ReportPage;
import dev.retort.report.StageTime;
import dev.retort.report.StepResult;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Writes {@code report.html} from what the run found. */
final class ReportStage {
  private final Run run;
  private final Measurement latency;

  ReportStage(Run run, Measurement latency) {
    this.run = run;
    this.latency = latency;
  }

  void execute(
      Judged teacher, List<Judged> judged, List<StepOutput> outputs, List<ModelOutcome> outcomes) {
    List<StepResult> steps =
        IntStream.range(0, judged.size())
            .mapToObj(
                i ->
                    new StepResult(
                        result(judged.get(i).name(), judged.get(i), deciding(outcomes.get(i))),
                        outputs.get(i).plan(),
                        outputs.get(i).histograms()))
            .toList();
    ReportData data =
        new ReportData(
            run.recipe().name(),
            run.runId(),
            DateTimeFormatter.ISO_DATE_TIME.format(
                ZonedDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS)),
            result(teacherName(), teacher, List.of()),
            steps,
            run.timings().stream().map(ReportStage::time).toList(),
            run.provenance(),
            run.command());
    run.writer().write(RunDirectory.REPORT, ReportPage.render(data));
  }

  private static List<GateResult> deciding(ModelOutcome outcome) {
    return outcome.gates().stream().filter(GateResult::decides).toList();
  }

  /** What people call the teacher: its file's name. */
  private String teacherName() {
    return RecipeModel.title(run.recipe());
  }

  private ModelResult result(String name, Judged model, List<GateResult> gates) {
    return new ModelResult(
        name,
        model.path(),
        model.file().sha256().hex(),
        model.file().sizeBytes(),
        model.zippedBytes(),
        quality(model),
        List.of(latency(model, 1), latency(model, 32)),
        gates.stream().map(ReportStage::gate).toList(),
        graph(model.summary()));
  }

  private static Quality quality(Judged model) {
    Score score = model.score();
    Quality quality =
        Quality.of(score.divergence().samples())
            .withTeacher(
                score.divergence().agreement(),
                score.divergence().meanDivergence(),
                score.divergence().meanCosine());
    if (score.confusion().isEmpty()) {
      return quality;
    }
    PairedDifference.Interval interval = score.paired().interval();
    return quality
        .withLabels(
            Estimate.ofShare(score.confusion().get().correct(), score.confusion().get().samples()),
            model.classification().orElseThrow().macroF1())
        .withChange(new Estimate(score.paired().difference(), interval.low(), interval.high()));
  }

  private Latency latency(Judged model, int batch) {
    String median = MeasureStage.medianOf(model.file(), batch);
    return new Latency(
        batch,
        1,
        latency.value(median),
        latency.value(median.replace("median", "lowerQuartile")),
        latency.value(median.replace("median", "upperQuartile")));
  }

  private static Gate gate(GateResult gate) {
    return new Gate(
        gate.name(),
        "%.4g".formatted(gate.value()),
        "%s %.4g".formatted(gate.bound(), gate.limit()),
        gate.passed());
  }

  private static GraphSummary graph(ModelSummary summary) {
    SortedMap<String, Long> operators = new TreeMap<>();
    summary.operators().forEach(op -> operators.put(op.opType(), (long) op.nodes()));
    return new GraphSummary(
        summary.operatorSets().stream().mapToLong(OperatorSet::version).findFirst().orElse(0),
        operators.values().stream().mapToLong(Long::longValue).sum(),
        summary.cost().parameters(),
        summary.cost().macs(),
        operators);
  }

  private static StageTime time(StageTiming timing) {
    return new StageTime(
        timing.stage(),
        timing.seconds(),
        "%d computed, %d from the store".formatted(timing.computed(), timing.reused()));
  }
}
