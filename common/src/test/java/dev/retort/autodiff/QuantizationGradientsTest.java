package dev.retort.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retort.error.UnsupportedModelError;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Straight-through gradients against their formula, in float64 in plain loops. */
class QuantizationGradientsTest {
  private static final int ROWS = 3;
  private static final int COLUMNS = 8;

  @ParameterizedTest
  @EnumSource(
      value = ElementType.class,
      names = {"INT8", "UINT8"})
  void dataAndScalesGetTheLearnedStepSizeGradient(ElementType levels) {
    for (int seed = 0; seed < 20; seed++) {
      for (boolean perRow : new boolean[] {false, true}) {
        check(levels, perRow, new Random(seed));
      }
    }
  }

  private static void check(ElementType levels, boolean perRow, Random random) {
    boolean signed = levels == ElementType.INT8;
    int scales = perRow ? ROWS : 1;
    Dims scaleDims = perRow ? Dims.of(ROWS) : Dims.scalar();
    Case built = new Case(random, ElementType.FLOAT32);
    String x = built.data(ROWS, COLUMNS);
    // So coarse or fine that some values are clamped and others are not.
    Tensor scale =
        Case.floats(
            ElementType.FLOAT32, () -> 0.004 + 0.02 * random.nextDouble(), scaleDims.toArray());
    byte[] zeros = new byte[scales];
    for (int i = 0; i < scales; i++) {
      zeros[i] = (byte) (signed ? random.nextInt(21) - 10 : 118 + random.nextInt(20));
    }
    String s = built.weight(scale);
    String z = built.constant(Tensor.ofBytes(levels, scaleDims, zeros));
    String q = built.node("QuantizeLinear", List.of(x, s, z), "axis", 0);
    String y = built.node("DequantizeLinear", List.of(q, s, z), "axis", 0);
    Tensor weights = Case.floats(ElementType.FLOAT32, random::nextGaussian, ROWS, COLUMNS);
    String weighted = built.node("Mul", List.of(y, built.constant(weights)));
    String loss = built.node("ReduceSum", List.of(weighted), "keepdims", 0);
    Differentiated model = Gradients.of(built.model(List.of(loss)), loss, List.of(x, s));
    Map<String, Tensor> results;
    try (Evaluation evaluation = new Evaluation(model.model(), built.values())) {
      results = evaluation.run();
    }

    double[] expectedData = new double[ROWS * COLUMNS];
    double[] expectedScale = new double[scales];
    float[] data = built.values().get(x).toFloats();
    for (int i = 0; i < expectedData.length; i++) {
      int channel = perRow ? i / COLUMNS : 0;
      int least = signed ? -128 : 0;
      int zero = signed ? zeros[channel] : Byte.toUnsignedInt(zeros[channel]);
      double quotient = data[i] / scale.toFloats()[channel];
      double level = Math.rint(quotient) + zero;
      double clamped = Math.max(least, Math.min(least + 255, level));
      boolean inside = level == clamped;
      double g = weights.toFloats()[i];
      expectedData[i] = inside ? g : 0;
      expectedScale[channel] += g * (clamped - zero - (inside ? quotient : 0));
    }
    assertThat(floats(results, model, x)).containsExactly(expectedData, within(1e-5));
    assertThat(floats(results, model, s)).containsExactly(expectedScale, within(2e-3));
  }

  private static double[] floats(Map<String, Tensor> results, Differentiated model, String of) {
    return GradientCheck.doubles(results.get(model.gradients().get(of)));
  }

  @Test
  void withoutZeroPointLevelsAreUnsigned() {
    Case built = new Case(new Random(1), ElementType.FLOAT32).fixed();
    String x = built.weight(Tensor.ofFloats(Dims.of(3), -1, 2, 300));
    String s = built.constant(Tensor.scalar(1f));
    String q = built.node("QuantizeLinear", List.of(x, s));
    String y = built.node("DequantizeLinear", List.of(q, s));
    String loss = built.node("ReduceSum", List.of(y), "keepdims", 0);
    Differentiated model = Gradients.of(built.model(List.of(loss)), loss, List.of(x));

    try (Evaluation evaluation = new Evaluation(model.model(), built.values())) {
      assertThat(floats(evaluation.run(), model, x)).containsExactly(0, 1, 0);
    }
  }

  @Test
  void dynamicQuantizationIsRefusedByName() {
    Case built = new Case(new Random(1), ElementType.FLOAT32).fixed();
    String x = built.weight(2, 3);
    List<String> parts = built.nodes("", "DynamicQuantizeLinear", 3, List.of(x));
    String y = built.node("DequantizeLinear", parts);
    String loss = built.node("ReduceSum", List.of(y), "keepdims", 0);

    assertThatThrownBy(() -> Gradients.of(built.model(List.of(loss)), loss, List.of(x)))
        .isInstanceOf(UnsupportedModelError.class)
        .hasMessageContaining("DynamicQuantizeLinear (node 'DynamicQuantizeLinear0')");
  }
}
