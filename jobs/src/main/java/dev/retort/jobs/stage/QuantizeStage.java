package dev.retort.jobs.stage;

import dev.retort.graph.Model;
import dev.retort.jobs.spark.Inference;
import dev.retort.jobs.spark.StoredDataset;
import dev.retort.jobs.spark.StoredLabels;
import dev.retort.jobs.spark.StoredModel;
import dev.retort.plan.Plan;
import dev.retort.quantization.DynamicInt8;
import dev.retort.quantization.Int8Preset;
import dev.retort.quantization.Int8Scheme;
import dev.retort.quantization.OpGroup;
import dev.retort.quantization.QuantizationChoice;
import dev.retort.quantization.QuantizationPlan;
import dev.retort.quantization.StaticInt8;
import dev.retort.recipe.Step;
import dev.retort.statistics.RangeEstimator;
import dev.retort.statistics.StatisticRequest;
import dev.retort.statistics.StatisticsTable;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Computes with 8-bit integers: calibrates, measures what is left open on validation, decides,
 * rewrites.
 */
final class QuantizeStage {
  private static final String NAME = "quantize";

  private final Run run;
  private final MeasureStage measure;

  QuantizeStage(Run run, MeasureStage measure) {
    this.run = run;
    this.measure = measure;
  }

  /**
   * The data that choices are made on; never the test data.
   *
   * @param calibration what activations are observed on
   * @param validation what candidates are scored on
   * @param labelling what labels {@code validation}
   */
  record Inputs(StoredDataset calibration, StoredDataset validation, Labelling labelling) {}

  /**
   * What the choice is made from.
   *
   * @param statistics of the activations on the calibration data
   * @param teacher the teacher's logits on the validation data
   */
  private record Observed(StatisticsTable statistics, StoredLabels teacher) {}

  /**
   * A quantized model with what led to it.
   *
   * @param statistics what calibration found; for the report's histograms
   */
  record Result(
      Model model, Plan plan, QuantizationPlan quantization, StatisticsTable statistics) {}

  /** Quantizes {@code model}, which is fused, by the scheme that its graph asks for. */
  Result execute(Model model, Step.Quantize step, Inputs inputs) {
    return switch (Int8Scheme.of(model).kind()) {
      case STATIC -> amongCandidates(model, step, inputs);
      case DYNAMIC -> byPlan(model, step, inputs);
    };
  }

  /** Ranges are found by each run of the model, so nothing is left to measure on validation. */
  private Result byPlan(Model model, Step.Quantize step, Inputs inputs) {
    StatisticsTable statistics = calibrate(model, inputs);
    return run.stage(
        NAME,
        () -> {
          QuantizationPlan plan = DynamicInt8.plan(model, statistics, step.smoothing());
          return new Result(Int8Preset.rewrite(model, plan), plan.toPlan(), plan, statistics);
        });
  }

  private Result amongCandidates(Model model, Step.Quantize step, Inputs inputs) {
    Observed observed = observe(model, inputs);
    StatisticsTable statistics = observed.statistics();
    Candidates candidates = new Candidates(model, observed, inputs.validation());
    ChoicePlan chosen = choose(step, candidates);
    return run.stage(
        NAME,
        () -> {
          QuantizationPlan quantization = candidates.plan(chosen.choice());
          Plan plan = chosen.addTo(quantization.toPlan());
          return new Result(
              Int8Preset.rewrite(model, quantization), plan, quantization, statistics);
        });
  }

  /** Calibration and labelling need nothing of each other, so they run side by side. */
  private Observed observe(Model model, Inputs inputs) {
    Calibration calibration = new Calibration(model, inputs);
    try (SideBySide stages = calibration.beside(inputs.labelling().stage().model())) {
      SideBySide.Pending<StatisticsTable> statistics = calibration.start(stages);
      SideBySide.Pending<StoredLabels> teacher = inputs.labelling().startValidation(stages);
      inputs.labelling().startWaiting(stages).await();
      return new Observed(statistics.await(), teacher.await());
    }
  }

  /** As {@link #observe}, without labels of the validation data, which nothing is scored on. */
  private StatisticsTable calibrate(Model model, Inputs inputs) {
    Calibration calibration = new Calibration(model, inputs);
    if (!inputs.labelling().isWaiting()) {
      return calibration.execute();
    }
    try (SideBySide stages = calibration.beside(inputs.labelling().stage().model())) {
      SideBySide.Pending<StatisticsTable> statistics = calibration.start(stages);
      inputs.labelling().startWaiting(stages).await();
      return statistics.await();
    }
  }

  /** One pass over the calibration data for all that the preset may ask of {@code model}. */
  private final class Calibration {
    private final CalibrateStage stage = new CalibrateStage(run);
    private final Model model;
    private final List<StatisticRequest> requests;
    private final StoredDataset data;
    private final int batch;

    Calibration(Model model, Inputs inputs) {
      this.model = model;
      this.requests = Int8Preset.requests(model);
      this.data = inputs.calibration();
      this.batch = inputs.labelling().stage().batch();
    }

    StatisticsTable execute() {
      return stage.execute(model, data, requests, batch);
    }

    /** Room for it and for stages that run {@code other}. */
    SideBySide beside(Model other) {
      return run.sideBySide(List.of(other, stage.observed(model, requests)), batch);
    }

    SideBySide.Pending<StatisticsTable> start(SideBySide stages) {
      return stages.start("calibrate", this::execute);
    }
  }

  private ChoicePlan choose(Step.Quantize step, Candidates candidates) {
    List<RangeEstimator> ranges = ranges(step.calibration());
    Set<OpGroup> first = groups(step).orElse(EnumSet.allOf(OpGroup.class));
    List<ChoicePlan.Scored> byRange =
        ranges.stream()
            .map(range -> candidates.score(QuantizationChoice.of(range, first)))
            .toList();
    RangeEstimator range = ChoicePlan.closest(byRange).choice().range();
    if (groups(step).isPresent()) {
      return ChoicePlan.ofRange(byRange);
    }
    List<ChoicePlan.Scored> byGroups =
        StaticInt8.candidates(candidates.model, range).stream().map(candidates::score).toList();
    Measurement latency = measure.latency("candidates", models(byGroups));
    return ChoicePlan.ofRangeAndGroups(byRange, byGroups, latency);
  }

  /** The models to time, each once. */
  static List<StoredModel> models(List<ChoicePlan.Scored> scored) {
    return scored.stream().map(ChoicePlan.Scored::model).distinct().toList();
  }

  /** The estimators that are tried. */
  static List<RangeEstimator> ranges(Step.Calibration calibration) {
    return switch (calibration.range()) {
      case MSE -> List.of(RangeEstimator.MSE);
      case MINMAX -> List.of(RangeEstimator.MIN_MAX);
      case PERCENTILE -> List.of(RangeEstimator.percentile(calibration.percentile()));
      case SQNR -> List.of(RangeEstimator.SQNR);
      case KL -> List.of(RangeEstimator.KL);
      case AUTO -> RangeEstimator.ALL;
    };
  }

  /** The operators that the recipe fixes; empty where they are chosen. */
  static Optional<Set<OpGroup>> groups(Step.Quantize step) {
    return step.ops()
        .map(
            names -> {
              Set<OpGroup> groups = EnumSet.of(OpGroup.CONV_GEMM);
              names.forEach(name -> groups.add(OpGroup.valueOf(name.name())));
              return groups;
            });
  }

  /** Quantizes by each choice, once, and scores the result on validation. */
  private final class Candidates {
    private final Model model;
    private final Observed observed;
    private final StoredDataset validation;
    private final Map<QuantizationChoice, Candidate> tried = new HashMap<>();

    private record Candidate(QuantizationPlan plan, ChoicePlan.Scored scored) {}

    Candidates(Model model, Observed observed, StoredDataset validation) {
      this.model = model;
      this.observed = observed;
      this.validation = validation;
    }

    /** The decisions that follow from a choice which was scored. */
    QuantizationPlan plan(QuantizationChoice choice) {
      return tried.get(choice).plan();
    }

    ChoicePlan.Scored score(QuantizationChoice choice) {
      return tried.computeIfAbsent(choice, this::attempt).scored();
    }

    private Candidate attempt(QuantizationChoice choice) {
      String title = "candidate " + choice.name();
      QuantizationPlan plan = StaticInt8.plan(model, observed.statistics(), choice);
      Model quantized = Int8Preset.rewrite(model, plan);
      Inference inference =
          run.inference(title, quantized, run.models().put(quantized), observed.teacher().batch());
      Score score =
          new EvaluateStage(run).execute(title, inference, validation, observed.teacher());
      return new Candidate(plan, new ChoicePlan.Scored(choice, inference.model(), score));
    }
  }
}
