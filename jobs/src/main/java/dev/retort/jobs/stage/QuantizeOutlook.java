package dev.retort.jobs.stage;

import dev.retort.data.DatasetDescriptor;
import dev.retort.graph.Model;
import dev.retort.jobs.spark.StoredLabels;
import dev.retort.jobs.spark.StoredModel;
import dev.retort.quantization.Int8Preset;
import dev.retort.quantization.OpGroup;
import dev.retort.quantization.QuantizationChoice;
import dev.retort.quantization.StaticInt8;
import dev.retort.recipe.Step;
import dev.retort.statistics.RangeEstimator;
import dev.retort.statistics.StatisticsTable;
import dev.retort.tensor.Dims;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Follows the choice of {@link QuantizeStage} as far as its scores and measurements are stored: the
 * candidates that a run would evaluate, in its order.
 */
final class QuantizeOutlook {
  private static final String CANDIDATE = "evaluate candidate ";

  private final StoredResults results;
  private final Model model;
  private final Step.Quantize step;
  private final Map<String, Dims> sampleDims;
  private final Map<QuantizationChoice, Optional<ChoicePlan.Scored>> tried = new LinkedHashMap<>();

  QuantizeOutlook(
      StoredResults results, Model model, Step.Quantize step, Map<String, Dims> sampleDims) {
    this.results = results;
    this.model = model;
    this.step = step;
    this.sampleDims = Map.copyOf(sampleDims);
  }

  /**
   * What the candidates are scored with.
   *
   * @param statistics empty until calibration is complete
   * @param teacher the teacher's logits on {@code validation}; empty until they are complete
   */
  record Observed(
      Optional<StatisticsTable> statistics,
      Optional<DatasetDescriptor> validation,
      Optional<StoredLabels> teacher) {
    boolean isComplete() {
      return statistics.isPresent() && validation.isPresent() && teacher.isPresent();
    }
  }

  /** The model that will be chosen, if all that decides on it is stored. */
  Optional<Model> look(Observed observed) {
    Set<OpGroup> first = QuantizeStage.groups(step).orElse(EnumSet.allOf(OpGroup.class));
    List<QuantizationChoice> ranges =
        QuantizeStage.ranges(step.calibration()).stream()
            .map(range -> QuantizationChoice.of(range, first))
            .toList();
    if (!observed.isComplete()) {
      String on = observed.statistics().isEmpty() ? "calibrate" : "label validation";
      ranges.forEach(choice -> results.depends(CANDIDATE + choice.name(), on, "its score"));
      byOperators(on);
      return Optional.empty();
    }
    return choice(ranges, observed).map(choice -> quantized(choice, observed));
  }

  private Optional<QuantizationChoice> choice(List<QuantizationChoice> ranges, Observed observed) {
    Optional<List<ChoicePlan.Scored>> byRange = scored(ranges, observed);
    if (byRange.isEmpty()) {
      byOperators("the candidates of each range");
      return Optional.empty();
    }
    if (QuantizeStage.groups(step).isPresent()) {
      return byRange.map(scored -> ChoicePlan.ofRange(scored).choice());
    }
    RangeEstimator range = ChoicePlan.closest(byRange.get()).choice().range();
    Optional<List<ChoicePlan.Scored>> byGroups =
        scored(StaticInt8.candidates(model, range), observed);
    if (byGroups.isEmpty()) {
      results.depends(
          MeasureStage.NAME + " latency-candidates", "their evaluation", "times the candidates");
      return Optional.empty();
    }
    List<StoredModel> models = QuantizeStage.models(byGroups.get());
    return results
        .measured(
            MeasureStage.LATENCY + "candidates",
            models,
            sampleDims,
            "times %d candidates".formatted(models.size()))
        .map(
            latency ->
                ChoicePlan.ofRangeAndGroups(byRange.get(), byGroups.get(), latency).choice());
  }

  /** The candidates with other operators, whose range is not known yet. */
  private void byOperators(String on) {
    if (QuantizeStage.groups(step).isEmpty()) {
      results.depends(CANDIDATE + "of other operators", on, "the range that is closest");
      results.depends(
          MeasureStage.NAME + " " + MeasureStage.LATENCY + "candidates",
          on,
          "times the candidates");
    }
  }

  private Optional<List<ChoicePlan.Scored>> scored(
      List<QuantizationChoice> choices, Observed observed) {
    choices.forEach(
        choice -> {
          if (!tried.containsKey(choice)) {
            tried.put(choice, score(choice, observed));
          }
        });
    List<ChoicePlan.Scored> scored =
        choices.stream().flatMap(choice -> tried.get(choice).stream()).toList();
    return scored.size() == choices.size() ? Optional.of(scored) : Optional.empty();
  }

  private Optional<ChoicePlan.Scored> score(QuantizationChoice choice, Observed observed) {
    StoredModel file = StoredResults.stored(quantized(choice, observed));
    return results
        .score(
            CANDIDATE + choice.name(),
            file,
            observed.validation().orElseThrow(),
            observed.teacher().orElseThrow())
        .map(score -> new ChoicePlan.Scored(choice, file, score));
  }

  private Model quantized(QuantizationChoice choice, Observed observed) {
    return Int8Preset.rewrite(
        model, StaticInt8.plan(model, observed.statistics().orElseThrow(), choice));
  }
}
