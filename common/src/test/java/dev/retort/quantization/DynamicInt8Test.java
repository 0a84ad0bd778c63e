package dev.retort.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import dev.retort.error.UnsupportedModelError;
import dev.retort.error.UserError;
import dev.retort.graph.Attribute;
import dev.retort.graph.Model;
import dev.retort.graph.OperatorSet;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.graph.shape.ModelCheck;
import dev.retort.plan.Decision;
import dev.retort.statistics.StatisticRequest;
import dev.retort.statistics.StatisticsTable;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DynamicInt8Test {
  private static final int WIDTH = TinyTransformer.WIDTH;
  private static final double ALPHA = 0.8;

  @TempDir Path folder;

  @Test
  void asksForTheChannelMaximaOfWhatLayersRead() {
    assertThat(Int8Preset.requests(TinyTransformer.encoder()))
        .containsExactly(
            StatisticRequest.channelAbsMax("active", 1),
            StatisticRequest.channelAbsMax("mixed", 1),
            StatisticRequest.channelAbsMax("pooled", 0),
            StatisticRequest.channelAbsMax("skip", 1),
            StatisticRequest.channelAbsMax("x", 1));
  }

  @Test
  void decidesOnEveryTensorWithAReason() {
    List<Decision> decisions = plan(TinyTransformer.encoder(), ALPHA).toPlan().decisions();

    assertThat(decisions)
        .extracting(d -> d.target() + " " + d.action())
        .containsExactly(
            "model dynamic-int8",
            "x uint8-dynamic-smoothed",
            "mixed uint8-dynamic-smoothed",
            "skip uint8-dynamic-smoothed",
            "active uint8-dynamic-smoothed",
            "pooled uint8-dynamic-smoothed",
            "table int8-per-row",
            "q.w int8-per-column",
            "k.w int8-per-column",
            "v.w int8-per-column",
            "attended.w int8-per-column",
            "up.w int8-per-column",
            "down.w int8-per-column",
            "logits.w int8-per-row",
            "scores keep-float",
            "mixed keep-float");
    assertThat(decisions)
        .extracting(Decision::reason)
        .doesNotContain("")
        .contains(
            "embedding of Gather x, scale = abs-max / 127 of each row",
            "weights of Gemm logits, scale = abs-max / 127 of each output channel after the factors"
                + " of pooled");
  }

  @Test
  void saysOfEveryNodeWhatBecomesOfIt() {
    assertThat(DynamicInt8.byNode(TinyTransformer.encoder()))
        .hasSize(TinyTransformer.encoder().graph().nodes().size())
        .containsEntry(
            "x", "int8-per-row: embedding of Gather x, scale = abs-max / 127 of each row")
        .containsEntry(
            "logits",
            "int8-per-row: weights of Gemm logits, scale = abs-max / 127 of each output channel")
        .containsEntry("scores", "keep-float: MatMul: both operands are computed")
        .containsEntry("weights", "unchanged: Softmax looks up or multiplies no constant");
  }

  @Test
  void productsOfOneActivationShareItsQuantization() {
    Model quantized = quantized(TinyTransformer.encoder(), 0);

    assertThat(Nets.opTypes(quantized)).doesNotContain("Gemm");
    assertThat(Collections.frequency(Nets.opTypes(quantized), "DynamicQuantizeLinear"))
        .isEqualTo(5);
    assertThat(Collections.frequency(Nets.opTypes(quantized), "MatMulInteger")).isEqualTo(7);
    ModelCheck.check(quantized);
  }

  @Test
  void theRuntimeFusesEveryProductWithItsScalesAndBias() throws OrtException {
    List<String> fused = Nets.optimizedOpTypes(quantized(TinyTransformer.encoder(), ALPHA), folder);

    assertThat(fused).doesNotContain("MatMulInteger");
    assertThat(Collections.frequency(fused, "MatMulIntegerToFloat")).isEqualTo(3);
    assertThat(Collections.frequency(fused, "DynamicQuantizeMatMul")).isEqualTo(4);
    // That of the skip connection; both biases are part of a product.
    assertThat(Collections.frequency(fused, "Add")).isEqualTo(1);
  }

  @Test
  void oneProductStaysWithinTheErrorOfItsRoundings() {
    for (double alpha : new double[] {0, ALPHA, 1}) {
      Model model =
          new TinyTransformer()
              .lookUp("looked", "table")
              .node("Mul", "x", "looked", "looked")
              .product("y", "x", WIDTH, WIDTH)
              .returning("y", "x");
      Model quantized = quantized(model, alpha);
      Tensor ids = TinyTransformer.ids(5, 9, 4);
      Map<String, Tensor> actual = TinyTransformer.run(quantized, ids);

      float[] bound = bound(model, plan(model, alpha), actual.get("x"));
      float[] expected = product(actual.get("x"), model.graph().initializers().get("y.w"));
      float[] y = actual.get("y").toFloats();
      for (int i = 0; i < y.length; i++) {
        assertThat(Math.abs(y[i] - expected[i])).as("y[%d]", i).isLessThanOrEqualTo(bound[i]);
      }
    }
  }

  @Test
  void smoothingBringsTheResultNearerWhereChannelsDiffer() {
    Model model =
        new TinyTransformer()
            .lookUp("x", "table")
            .constant("loud", TinyTransformer.outliers(WIDTH))
            .node("Mul", "spread", "x", "loud")
            .product("logits", "spread", WIDTH, WIDTH)
            .returning("logits");
    Tensor ids = TinyTransformer.ids(3, 16, 7);
    float[] expected = TinyTransformer.run(model, ids).get("logits").toFloats();

    double plain = error(expected, quantized(model, 0), ids);
    double smooth = error(expected, quantized(model, ALPHA), ids);

    assertThat(plain).isLessThan(0.05);
    assertThat(smooth).isLessThan(plain / 1.5);
  }

  @Test
  void aRowOfAnEmbeddingIsOffByHalfAStepAtMost() {
    Model model =
        new TinyTransformer()
            .lookUp("x", "table")
            .product("y", "x", WIDTH, WIDTH)
            .returning("x", "y");
    Tensor ids = Tensor.ofLongs(Dims.of(1, 3), 0, 41, 79);
    DynamicPlan plan = plan(model, 0);
    List<Float> scales = plan.matrices().get(0).scales();

    float[] expected = TinyTransformer.run(model, ids).get("x").toFloats();
    float[] actual = TinyTransformer.run(Int8Preset.rewrite(model, plan), ids).get("x").toFloats();

    assertThat(plan.matrices().get(0).tensor()).isEqualTo("table");
    for (int i = 0; i < actual.length; i++) {
      float step = scales.get((int) ids.toLongs()[i / WIDTH]);
      assertThat(Math.abs(actual[i] - expected[i])).isLessThanOrEqualTo(step * 0.5001f);
    }
  }

  @Test
  void aTableThatIsAlsoTheOutputLayerIsStoredOnce() {
    Model model =
        new TinyTransformer()
            .lookUp("x", "table")
            .product("m", "x", WIDTH, WIDTH)
            .node(
                "ReduceMean",
                "pooled",
                Map.of("axes", Attribute.ofInts(1), "keepdims", Attribute.of(0L)),
                "m")
            .node("Gemm", "logits", Map.of("transB", Attribute.of(1L)), "pooled", "table")
            .returning("logits");

    DynamicPlan plan = plan(model, ALPHA);
    Model quantized = Int8Preset.rewrite(model, plan);

    assertThat(plan.matrices())
        .extracting(MatrixQuantization::tensor)
        .containsExactly("table", "m.w");
    assertThat(reasonOf(plan, "pooled")).contains("not smoothed", "shares the weights table");
    assertThat(constants(quantized, ElementType.INT8))
        .containsExactlyInAnyOrder(
            Dims.of(TinyTransformer.VOCABULARY, WIDTH), Dims.of(WIDTH, WIDTH));
    Tensor ids = TinyTransformer.ids(3, 16, 7);
    float[] expected = TinyTransformer.run(model, ids).get("logits").toFloats();
    assertThat(error(expected, quantized, ids)).isLessThan(0.03);
  }

  @Test
  void weightsThatTwoActivationsShareAreStoredOnceAndNotSmoothed() {
    Model model =
        new TinyTransformer()
            .lookUp("x", "table")
            .product("y", "x", WIDTH, WIDTH)
            .node("MatMul", "z", "y", "y.w")
            .returning("z");

    DynamicPlan plan = plan(model, ALPHA);

    assertThat(reasonOf(plan, "x")).contains("not smoothed", "shares the weights y.w");
    assertThat(reasonOf(plan, "y")).contains("not smoothed", "shares the weights y.w");
    assertThat(constants(Int8Preset.rewrite(model, plan), ElementType.INT8)).hasSize(2);
  }

  @Test
  void whatCannotBeQuantizedStaysFloatWithTheReason() {
    Tensor square = new TinyTransformer().weights(WIDTH, WIDTH);
    Model model =
        new TinyTransformer()
            .lookUp("x", "table")
            .product("first", "x", WIDTH, WIDTH)
            .constant("left", square)
            .node("MatMul", "a", "left", "first")
            .constant("cube", new TinyTransformer().weights(1, WIDTH, WIDTH))
            .node("MatMul", "b", "a", "cube")
            .constant("small", new TinyTransformer().weights(WIDTH, 2))
            .node("MatMul", "c", "b", "small")
            .constant("twice", square)
            .node("MatMul", "d", "b", "twice")
            .node("Add", "e", "d", "twice")
            .constant("columns", new TinyTransformer().weights(WIDTH, TinyTransformer.VOCABULARY))
            .node("Gather", "f", Map.of("axis", Attribute.of(1L)), "columns", "ids")
            .returning("c", "e", "f");

    assertThat(DynamicInt8.plan(model, StatisticsTable.empty(List.of()), 0).others())
        .extracting(d -> d.target() + ": " + d.reason())
        .containsExactly(
            "a: MatMul: its constant is the left operand",
            "cube: MatMul: its constant is FLOAT32[1x64x64], no float32 matrix",
            "small: MatMul: its constant has 128 elements, too few to gain",
            "twice: MatMul: its constant is also read by Add e, in floating point",
            "columns: Gather: it does not look up rows");
  }

  @Test
  void aGemmWithOtherFactorsStaysFloat() {
    Model model =
        new TinyTransformer()
            .lookUp("x", "table")
            .product("m", "x", WIDTH, WIDTH)
            .node(
                "ReduceMean",
                "p",
                Map.of("axes", Attribute.ofInts(1), "keepdims", Attribute.of(0L)),
                "m")
            .constant("w", new TinyTransformer().weights(WIDTH, WIDTH))
            .node("Gemm", "y", Map.of("alpha", Attribute.of(2f)), "p", "w")
            .returning("y");

    assertThat(plan(model, 0).others())
        .extracting(Decision::reason)
        .containsExactly("Gemm: alpha, beta or transA is not the default");
  }

  @Test
  void equalPlansGiveEqualBytes() {
    Model model = TinyTransformer.encoder();
    DynamicPlan plan = plan(model, ALPHA);

    assertThat(plan(model, ALPHA)).isEqualTo(plan);
    assertThat(OnnxWriter.toBytes(Int8Preset.rewrite(model, plan)))
        .isEqualTo(OnnxWriter.toBytes(Int8Preset.rewrite(model, plan)));
  }

  @Test
  void theFileIsNearAQuarter() {
    Model model = TinyTransformer.encoder();

    assertThat(OnnxWriter.toBytes(quantized(model, ALPHA)).length)
        .isLessThan((int) (OnnxWriter.toBytes(model).length / 3.2));
  }

  @Test
  void statisticsThatWereNotAskedForAreMissed() {
    Model model = TinyTransformer.encoder();
    StatisticsTable none = StatisticsTable.empty(List.of());

    assertThat(DynamicInt8.plan(model, none, 0).inputs()).allMatch(Smoothing::isNone);
    assertThatThrownBy(() -> DynamicInt8.plan(model, none, ALPHA))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot quantize: the statistics have no abs-max of x, must hold what the preset asked"
                + " for; calibrate this model");
  }

  @Test
  void valuesThatAreNotFiniteAreRefused() {
    float[] values = new float[WIDTH * WIDTH];
    values[7] = Float.NaN;
    Tensor broken = Tensor.ofFloats(Dims.of(WIDTH, WIDTH), values);
    Model weights =
        new TinyTransformer()
            .lookUp("x", "table")
            .constant("w", broken)
            .node("MatMul", "y", "x", "w")
            .returning("y");
    Model activations =
        new TinyTransformer()
            .lookUp("x", "table")
            .node("Log", "logs", "x")
            .product("y", "logs", WIDTH, WIDTH)
            .returning("y");

    assertThatThrownBy(() -> plan(weights, ALPHA))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Cannot quantize constant w: it holds NaN or an infinity");
    assertThatThrownBy(() -> plan(activations, ALPHA))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Cannot quantize tensor logs: calibration saw NaN");
  }

  @Test
  void aModelWithNothingToQuantizeIsRefused() {
    Model model =
        new TinyTransformer()
            .constant("small", new TinyTransformer().weights(WIDTH, 2))
            .node("Cast", "x", Map.of("to", Attribute.of(1L)), "ids")
            .node("MatMul", "y", "x", "small")
            .returning("y");

    assertThatThrownBy(() -> Int8Preset.requests(model))
        .isInstanceOf(UnsupportedModelError.class)
        .hasMessageContaining("none of its 2 nodes is a MatMul, Gemm or Gather");
    Model old = TinyTransformer.encoder().withOperatorSets(List.of(new OperatorSet("", 10)));
    assertThatThrownBy(() -> Int8Preset.requests(old))
        .isInstanceOf(UnsupportedModelError.class)
        .hasMessageContaining("its opset is 10, must be 11 or more");
  }

  @Test
  void aPlanOfAnotherModelIsOurError() {
    Model other =
        new TinyTransformer().lookUp("x", "other").product("y", "x", WIDTH, WIDTH).returning("y");
    DynamicPlan plan = plan(TinyTransformer.encoder(), 0);

    assertThatThrownBy(() -> Int8Preset.rewrite(other, plan))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a plan of another model");
  }

  private static DynamicPlan plan(Model model, double alpha) {
    return DynamicInt8.plan(model, TinyTransformer.calibrated(model), alpha);
  }

  private static Model quantized(Model model, double alpha) {
    return Int8Preset.rewrite(model, plan(model, alpha));
  }

  private static String reasonOf(DynamicPlan plan, String tensor) {
    return plan.inputs().stream()
        .filter(input -> input.tensor().equals(tensor))
        .map(Smoothing::reason)
        .findFirst()
        .orElseThrow();
  }

  private static List<Dims> constants(Model model, ElementType type) {
    return model.graph().initializers().values().stream()
        .filter(tensor -> tensor.type() == type)
        .map(Tensor::dims)
        .toList();
  }

  /** The root mean square of the differences over that of the values. */
  private static double error(float[] expected, Model model, Tensor ids) {
    float[] actual = TinyTransformer.run(model, ids).get("logits").toFloats();
    double noise = 0;
    double signal = 0;
    for (int i = 0; i < actual.length; i++) {
      noise += Math.pow((double) actual[i] - expected[i], 2);
      signal += (double) expected[i] * expected[i];
    }
    return Math.sqrt(noise / signal);
  }

  private static float[] product(Tensor x, Tensor w) {
    float[] left = x.toFloats();
    float[] right = w.toFloats();
    float[] y = new float[left.length];
    for (int row = 0; row < left.length / WIDTH; row++) {
      for (int column = 0; column < WIDTH; column++) {
        double sum = 0;
        for (int k = 0; k < WIDTH; k++) {
          sum += (double) left[row * WIDTH + k] * right[k * WIDTH + column];
        }
        y[row * WIDTH + column] = (float) sum;
      }
    }
    return y;
  }

  /**
   * With x' = x / s and w' = s w: half a step of x' and, where zero is rounded to a level, another
   * half at an end of the range; half a step of w'; and both at once: {@code sum_k |w'| d + |x'| e
   * / 2 + d e / 2}. 1 % of it stands for float32.
   */
  private static float[] bound(Model model, DynamicPlan plan, Tensor x) {
    float[] factors = plan.inputs().get(0).factors(WIDTH);
    List<Float> scales = plan.matrices().get(1).scales();
    float[] values = x.toFloats();
    float[] weights = model.graph().initializers().get("y.w").toFloats();
    double low = 0;
    double high = 0;
    for (int i = 0; i < values.length; i++) {
      low = Math.min(low, values[i] / factors[i % WIDTH]);
      high = Math.max(high, values[i] / factors[i % WIDTH]);
    }
    double step = (high - low) / 255;
    float[] bound = new float[values.length];
    for (int at = 0; at < bound.length; at++) {
      int column = at % WIDTH;
      double sum = 0;
      for (int k = 0; k < WIDTH; k++) {
        double e = scales.get(column);
        double smoothed = Math.abs(values[at / WIDTH * WIDTH + k] / factors[k]);
        double weight = Math.abs(weights[k * WIDTH + column] * factors[k]);
        sum += weight * step + smoothed * e / 2 + step * e / 2;
      }
      bound[at] = (float) (1.01 * sum);
    }
    return bound;
  }
}
