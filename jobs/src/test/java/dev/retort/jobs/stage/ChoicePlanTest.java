package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.jobs.spark.StoredModel;
import dev.retort.metrics.Divergence;
import dev.retort.metrics.PairedDifference;
import dev.retort.plan.Decision;
import dev.retort.plan.Plan;
import dev.retort.provenance.Sha256;
import dev.retort.quantization.OpGroup;
import dev.retort.quantization.QuantizationChoice;
import dev.retort.statistics.RangeEstimator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ChoicePlanTest {
  private static final Set<OpGroup> ALL = EnumSet.allOf(OpGroup.class);
  private static final Set<OpGroup> LAYERS = EnumSet.of(OpGroup.CONV_GEMM);

  @Test
  void theClosestRangeIsChosen() {
    ChoicePlan.Scored far = scored(RangeEstimator.MIN_MAX, ALL, 0.002, 0.999);
    ChoicePlan.Scored near = scored(RangeEstimator.MSE, ALL, 0.001, 0.999);

    ChoicePlan plan = ChoicePlan.ofRange(List.of(far, near));

    assertThat(plan.choice()).isEqualTo(near.choice());
    assertThat(plan.decisions())
        .extracting(Decision::action)
        .containsExactly("chosen-range", "rejected-range");
    assertThat(plan.decisions()).extracting(Decision::target).containsExactly("mse", "minmax");
    assertThat(plan.decisions().get(0).reason())
        .isEqualTo(
            "keeps the range with the least mean squared error; the closest to the teacher on validation");
  }

  @Test
  void theFastestThatAgreesIsChosen() {
    ChoicePlan.Scored all = scored(RangeEstimator.MSE, ALL, 0.002, 0.998);
    ChoicePlan.Scored layers = scored(RangeEstimator.MSE, LAYERS, 0.001, 0.999);

    ChoicePlan plan = choose(List.of(all, layers), 1.0, 2.0);

    assertThat(plan.choice()).isEqualTo(all.choice());
    assertThat(plan.decisions().get(1).target())
        .isEqualTo("Conv and Gemm, Add, pooling, LeakyRelu and Sigmoid");
    assertThat(plan.decisions().get(2).reason())
        .isEqualTo("more than 3 % slower than the fastest at batch 1");
    assertThat(plan.settings()).containsKeys("latency-measurement", "latency-content");
  }

  @Test
  void equalSpeedIsDecidedByTheDivergence() {
    ChoicePlan.Scored all = scored(RangeEstimator.MSE, ALL, 0.002, 0.998);
    ChoicePlan.Scored layers = scored(RangeEstimator.MSE, LAYERS, 0.001, 0.999);

    ChoicePlan plan = choose(List.of(all, layers), 1.0, 1.02);

    assertThat(plan.choice()).isEqualTo(layers.choice());
    assertThat(plan.decisions().get(2).reason()).startsWith("as fast as the fastest within 3 %");
  }

  @Test
  void aModelThatDisagreesIsNotEligibleHoweverFast() {
    ChoicePlan.Scored all = scored(RangeEstimator.MSE, ALL, 0.2, 0.90);
    ChoicePlan.Scored layers = scored(RangeEstimator.MSE, LAYERS, 0.001, 0.999);

    ChoicePlan plan = choose(List.of(all, layers), 1.0, 2.0);

    assertThat(plan.choice()).isEqualTo(layers.choice());
    assertThat(plan.decisions().get(2).reason()).contains("on fewer samples");
  }

  @Test
  void noTimeStandsInThePlan() {
    ChoicePlan.Scored all = scored(RangeEstimator.MSE, ALL, 0.002, 0.998);

    Plan plan =
        choose(List.of(all), 1.2345, 0).addTo(new Plan("quantize", new TreeMap<>(), List.of()));

    assertThat(plan.toString()).doesNotContain("1.2345");
    assertThat(plan.decisions()).hasSize(2);
  }

  private static ChoicePlan choose(List<ChoicePlan.Scored> groups, double... millis) {
    TreeMap<String, List<Double>> values = new TreeMap<>();
    for (int i = 0; i < groups.size(); i++) {
      values.put(MeasureStage.medianOf(groups.get(i).model(), 1), List.of(millis[i]));
    }
    Measurement latency = new Measurement("latency", new TreeMap<>(), values);
    return ChoicePlan.ofRangeAndGroups(List.of(groups.get(0)), groups, latency);
  }

  private static ChoicePlan.Scored scored(
      RangeEstimator range, Set<OpGroup> groups, double meanKl, double agreement) {
    QuantizationChoice choice = QuantizationChoice.of(range, groups);
    long samples = 1_000;
    Divergence divergence =
        new Divergence(samples, Math.round(agreement * samples), meanKl * samples, samples);
    StoredModel model = new StoredModel("", Sha256.of(choice.name()), 1);
    return new ChoicePlan.Scored(
        choice, model, new Score(divergence, Optional.empty(), PairedDifference.EMPTY));
  }
}
