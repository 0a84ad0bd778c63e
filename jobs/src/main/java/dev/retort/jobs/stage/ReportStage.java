package dev.retort.jobs.stage;

import dev.retort.cost.ModelSummary;
import dev.retort.data.DatasetDescriptor;
import dev.retort.graph.OperatorSet;
import dev.retort.jobs.mllib.ClassificationMetrics;
import dev.retort.jobs.run.RunDirectory;
import dev.retort.metrics.Confusion;
import dev.retort.metrics.PairedDifference;
import dev.retort.recipe.RecipeModel;
import dev.retort.report.ClassCounts;
import dev.retort.report.DataSummary;
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
import dev.retort.report.TimeProfile;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Writes {@code report.html} from what the run found. */
final class ReportStage {
  private static final DateTimeFormatter FINISHED =
      DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH);

  private final Run run;
  private final MeasureStage measure;
  private final Measurement latency;
  private final Datasets data;

  ReportStage(Run run, MeasureStage measure, Measurement latency, Datasets data) {
    this.run = run;
    this.measure = measure;
    this.latency = latency;
    this.data = data;
  }

  void execute(
      Judged teacher, List<Judged> judged, List<StepOutput> outputs, List<ModelOutcome> outcomes) {
    List<StepResult> steps =
        IntStream.range(0, judged.size())
            .mapToObj(
                i ->
                    new StepResult(
                        step(judged.get(i), outcomes.get(i)),
                        judged.get(i).noted(outputs.get(i).plan()),
                        outputs.get(i).tensors()))
            .toList();
    ReportData report =
        new ReportData(
            run.recipe().name(),
            run.runId(),
            FINISHED.format(ZonedDateTime.now(ZoneOffset.UTC)),
            Stream.of(
                    data.train().descriptor(),
                    data.validation().descriptor(),
                    data.test().descriptor())
                .map(DataSummary::of)
                .toList(),
            result(teacherName(), teacher, quality(teacher), List.of()),
            steps,
            profiles(teacher, judged),
            StageTiming.merged(run.timings()).stream().map(ReportStage::time).toList(),
            provenance(),
            run.command());
    run.writer().write(RunDirectory.REPORT, ReportPage.render(report));
  }

  private SortedMap<String, String> provenance() {
    SortedMap<String, String> provenance = run.provenance();
    provenance.put("data, train", hash(data.train().descriptor()));
    provenance.put("data, validation", hash(data.validation().descriptor()));
    provenance.put("data, test", hash(data.test().descriptor()));
    return provenance;
  }

  private static String hash(DatasetDescriptor set) {
    return set.contentHash().hex();
  }

  /** The profiles of the teacher and of the last model, which are measured by now. */
  private List<TimeProfile> profiles(Judged teacher, List<Judged> judged) {
    List<TimeProfile> profiles = new ArrayList<>();
    profiles.add(ProfileValues.read(teacherName(), measure.profile(teacher.file())));
    if (!judged.isEmpty()) {
      Judged last = judged.get(judged.size() - 1);
      profiles.add(ProfileValues.read(last.name(), measure.profile(last.file())));
    }
    return profiles;
  }

  private ModelResult step(Judged model, ModelOutcome outcome) {
    List<GateResult> gates = outcome.gates().stream().filter(GateResult::decides).toList();
    return result(model.name(), model, compared(model), gates);
  }

  /** What people call the teacher: its file's name. */
  private String teacherName() {
    return RecipeModel.title(run.recipe());
  }

  private ModelResult result(String name, Judged model, Quality quality, List<GateResult> gates) {
    return new ModelResult(
        name,
        model.path(),
        model.file().sha256().hex(),
        model.file().sizeBytes(),
        model.zippedBytes(),
        quality,
        List.of(latency(model, 1), latency(model, 32)),
        gates.stream().map(ReportStage::gate).toList(),
        graph(model.summary()));
  }

  private static Quality quality(Judged model) {
    Quality quality = Quality.of(model.score().divergence().samples());
    return model
        .score()
        .confusion()
        .map(confusion -> labelled(quality, confusion, model.classification().orElseThrow()))
        .orElse(quality);
  }

  private static Quality labelled(
      Quality quality, Confusion confusion, ClassificationMetrics metrics) {
    return quality
        .withLabels(Estimate.ofShare(confusion.correct(), confusion.samples()), metrics.macroF1())
        .withClasses(new ClassCounts(metrics.counts(), metrics.classF1()));
  }

  /** The quality of a step's model, next to the teacher. */
  private static Quality compared(Judged model) {
    Score score = model.score();
    Quality quality =
        quality(model)
            .withTeacher(
                score.divergence().agreement(),
                score.divergence().meanDivergence(),
                score.divergence().meanCosine());
    if (score.confusion().isEmpty()) {
      return quality;
    }
    PairedDifference.Interval interval = score.paired().interval();
    return quality.withChange(
        new Estimate(score.paired().difference(), interval.low(), interval.high()));
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
    return Gate.of(gate.name(), gate.value(), gate.bound().toString(), gate.limit(), gate.passed());
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
    return new StageTime(timing.stage(), timing.seconds(), timing.shards());
  }
}
