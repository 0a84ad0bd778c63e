package dev.retort.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Model;
import dev.retort.statistics.RangeEstimator;
import dev.retort.tensor.Dims;
import dev.retort.tensor.Tensor;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoundedWeightsTest {
  private static final QuantizationChoice CHOICE =
      QuantizationChoice.of(RangeEstimator.MIN_MAX, EnumSet.allOf(OpGroup.class));

  @TempDir Path folder;

  @Test
  void clippedAndZeroedWeightsAreCountedByTheScaleOfTheirChannel() {
    // 127 steps of 0.01 are 1.27, so 1.28 is clipped; 0.004 rounds to 0, the true zero is not
    // counted. In the other channel, whose step is 1, all but the last round to 0.
    Tensor weights =
        Tensor.ofFloats(Dims.of(2, 4, 1, 1), 1.28f, -1.27f, 0.004f, 0, 0.3f, 0.4f, -0.49f, 100f);
    Model model =
        Nets.ofFloats(4, 2, 2).constant("w", weights).add("Conv", "y", "x", "w").returning("y");
    LayerQuantization layer =
        new LayerQuantization("y", "w", List.of(0.01f, 1f), List.of(0f, 0f), 30, "by hand");

    List<RoundedWeights> rounded =
        RoundedWeights.of(
                model,
                new StaticPlan(Int8Scheme.of(model), CHOICE, List.of(), List.of(layer), List.of()))
            .toList();

    assertThat(rounded).hasSize(1);
    assertThat(rounded.get(0).clippedFraction()).isEqualTo(1 / 8.0);
    assertThat(rounded.get(0).zeroedFraction()).isEqualTo(4 / 8.0);
    assertThat(rounded.get(0).values().count()).isEqualTo(8);
    assertThat(rounded.get(0).values().maximum()).isEqualTo(100f);
  }

  @Test
  void thePresetClipsNoWeightAndALayerHasItsWholeDistribution() {
    Dims dims = Dims.of(3, 8, 8);
    Model model = Nets.ofFloats(3, 8, 8).conv("c", "x", 3, 5).returning("c");
    QuantizationPlan plan =
        StaticInt8.plan(model, Nets.calibrated(model, Nets.floats(1, 8, dims), folder), CHOICE);

    List<RoundedWeights> rounded = RoundedWeights.of(model, plan).toList();

    assertThat(rounded).extracting(RoundedWeights::clippedFraction).containsExactly(0.0);
    assertThat(rounded).extracting(weights -> weights.values().count()).containsExactly(135L);
  }

  @Test
  void theDynamicSchemeShowsEmbeddingsAndLayersAfterSmoothing() {
    Model model = TinyTransformer.encoder();
    QuantizationPlan plan = DynamicInt8.plan(model, TinyTransformer.calibrated(model), 0.8);
    float[] raw = model.graph().initializers().get("down.w").toFloats();
    float largest = 0;
    for (float value : raw) {
      largest = Math.max(largest, value);
    }

    List<RoundedWeights> rounded = RoundedWeights.of(model, plan).toList();

    assertThat(rounded)
        .extracting(RoundedWeights::tensor)
        .containsExactly("table", "q.w", "k.w", "v.w", "attended.w", "up.w", "down.w", "logits.w");
    assertThat(rounded).extracting(RoundedWeights::clippedFraction).containsOnly(0.0);
    RoundedWeights down = rounded.get(6);
    assertThat(down.values().count()).isEqualTo(raw.length);
    assertThat(down.values().maximum()).isGreaterThan(largest);
  }
}
