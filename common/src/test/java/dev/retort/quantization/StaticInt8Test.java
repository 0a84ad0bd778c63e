package dev.retort.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtException;
import dev.retort.error.UnsupportedModelError;
import dev.retort.error.UserError;
import dev.retort.graph.Attribute;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.OperatorSet;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.graph.shape.ModelCheck;
import dev.retort.plan.Decision;
import dev.retort.statistics.AffineGrid;
import dev.retort.statistics.RangeEstimator;
import dev.retort.statistics.StatisticRequest;
import dev.retort.statistics.StatisticsTable;
import dev.retort.tensor.Dims;
import dev.retort.tensor.SampleBlock;
import dev.retort.tensor.Tensor;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StaticInt8Test {
  private static final Dims IMAGE = Dims.of(1, 12, 12);
  private static final QuantizationChoice ALL =
      QuantizationChoice.of(RangeEstimator.MIN_MAX, EnumSet.allOf(OpGroup.class));

  @TempDir Path folder;

  /** image -> x -> conv, Relu -> conv (+ residual), Relu -> pool -> dense. */
  private static Model residual() {
    return Nets.ofBytes(1, 12, 12)
        .conv("c1", "x", 1, 8)
        .add("Relu", "r1", "c1")
        .conv("c2", "r1", 8, 8)
        .add("Add", "sum", "c2", "r1")
        .add("Relu", "r2", "sum")
        .add("GlobalAveragePool", "pool", "r2")
        .add("Flatten", "flat", "pool")
        .gemm("logits", "flat", 8, 4, 1)
        .returning("logits");
  }

  @Test
  void itAsksForTheDistributionsOfActivationsAndTheChannelSumsOfLayerInputs() {
    assertThat(Int8Preset.requests(residual()))
        .containsExactlyInAnyOrder(
            StatisticRequest.histogram("r1"),
            StatisticRequest.histogram("c2"),
            StatisticRequest.histogram("r2"),
            StatisticRequest.histogram("pool"),
            StatisticRequest.channelSum("x", 0),
            StatisticRequest.channelSum("r1", 0),
            StatisticRequest.channelSum("flat", 0));
  }

  @Test
  void everyActivationLayerAndNodeHasADecisionWithAReason() {
    StaticPlan plan = plan(residual(), ALL, Nets.bytes(1, 64, IMAGE));
    assertThat(plan.activations())
        .extracting(ActivationQuantization::tensor)
        .containsExactly("x", "r1", "c2", "r2", "pool", "flat");
    assertThat(plan.layers())
        .extracting(LayerQuantization::weight)
        .containsExactly("c1.w", "c2.w", "logits.w");
    List<Decision> decisions = plan.toPlan().decisions();
    assertThat(decisions).allSatisfy(d -> assertThat(d.reason()).isNotBlank());
    assertThat(decisions)
        .flatExtracting(d -> d.numbers().values())
        .allSatisfy(number -> assertThat(number).isFinite());
    assertThat(decisions)
        .filteredOn(d -> d.action().equals("fold-into-range"))
        .extracting(Decision::target)
        .containsExactly("r1", "r2");
    Decision pooled = decisions.get(4);
    assertThat(decisions)
        .extracting(Decision::target)
        .as("what is dequantized from bytes has one decision")
        .doesNotContain("cast")
        .containsOnlyOnce("x");
    assertThat(pooled.numbers())
        .containsKeys(
            "rangeMin",
            "rangeMax",
            "scale",
            "zeroPoint",
            "clippedFraction",
            "signalToNoiseDecibels");
    assertThat(plan.toPlan().settings()).containsEntry("range", "minmax");
  }

  @Test
  void bytesTimesAConstantAreUsedAsTheyAreStored() {
    Model model = residual();
    StaticPlan plan = plan(model, ALL, Nets.bytes(1, 64, IMAGE));
    ActivationQuantization x = plan.activations().get(0);
    assertThat(x.levels()).contains("image");
    assertThat(x.grid()).isEqualTo(new AffineGrid(1 / 255f, 0, 8));
    Model quantized = Int8Preset.rewrite(model, plan);
    assertThat(Nets.opTypes(quantized)).doesNotContain("Cast", "Mul");
    assertThat(readersOf(quantized, "image"))
        .extracting(Node::opType)
        .containsExactly("DequantizeLinear");
    assertThat(quantized.graph().inputs()).isEqualTo(model.graph().inputs());
    assertThat(quantized.graph().outputs()).isEqualTo(model.graph().outputs());
  }

  @Test
  void aReluThatSaturationReplacesIsGone() {
    Model quantized = quantized(residual(), ALL, Nets.bytes(1, 64, IMAGE));
    assertThat(Nets.opTypes(quantized)).doesNotContain("Relu");
  }

  @Test
  void theRuntimeRunsItInIntegersThroughout() throws OrtException {
    Model quantized = quantized(residual(), ALL, Nets.bytes(1, 64, IMAGE));
    assertThat(Nets.optimizedOpTypes(quantized, folder))
        .contains("QLinearConv", "QLinearAdd", "QLinearGlobalAveragePool", "QGemm")
        .doesNotContain("Conv", "Gemm", "Add", "QuantizeLinear", "DequantizeLinear");
  }

  @Test
  void aLayersOutputIsWithinTheSumOfItsRoundingErrors() {
    for (int groups : new int[] {1, 2}) {
      Model model =
          Nets.ofFloats(4, 6, 6)
              .conv("y", "x", Dims.of(6, 4 / groups, 3, 3), groups)
              .returning("y");
      assertWithinBound(model, Nets.floats(3, 32, Dims.of(4, 6, 6)), 36 / groups);
    }
    for (int transposed : new int[] {0, 1}) {
      Model model = Nets.ofFloats(20).gemm("y", "x", 20, 5, transposed).returning("y");
      assertWithinBound(model, Nets.floats(4, 32, Dims.of(20)), 20);
    }
  }

  @Test
  void aDenseLayerWithWeightsTheOtherWayAroundIsFusedToo() throws OrtException {
    Model model =
        Nets.ofFloats(20)
            .gemm("h", "x", 20, 16, 0)
            .add("Relu", "r", "h")
            .gemm("y", "r", 16, 5, 0)
            .returning("y");
    Model quantized = quantized(model, ALL, Nets.floats(1, 64, Dims.of(20)));
    assertThat(Nets.optimizedOpTypes(quantized, folder))
        .contains("QGemm")
        .doesNotContain("Gemm", "Relu");
  }

  @Test
  void theRewrittenModelPassesOurCheckAndIsTheSameEachTime() {
    Model model = residual();
    StaticPlan plan = plan(model, ALL, Nets.bytes(1, 64, IMAGE));
    Model quantized = Int8Preset.rewrite(model, plan);
    ModelCheck.check(quantized);
    assertThat(OnnxWriter.toBytes(Int8Preset.rewrite(model, plan)))
        .isEqualTo(OnnxWriter.toBytes(quantized));
  }

  @Test
  void biasCorrectionBringsTheMeanOutputCloser() {
    Model model = Nets.ofBytes(3, 8, 8).conv("y", "x", 3, 16).returning("y");
    SampleBlock samples = Nets.bytes(2, 256, Dims.of(3, 8, 8));
    StaticPlan corrected = plan(model, ALL, samples);
    List<LayerQuantization> plain =
        corrected.layers().stream()
            .map(
                l ->
                    new LayerQuantization(
                        l.output(),
                        l.weight(),
                        l.scales(),
                        l.scales().stream().map(s -> 0f).toList(),
                        l.signalToNoise(),
                        l.reason()))
            .toList();
    StaticPlan uncorrected =
        new StaticPlan(corrected.scheme(), ALL, corrected.activations(), plain, corrected.others());
    double[] expected = channelMeans(Nets.output(model, samples, folder));
    double[] with =
        channelMeans(Nets.output(Int8Preset.rewrite(model, corrected), samples, folder));
    double[] without =
        channelMeans(Nets.output(Int8Preset.rewrite(model, uncorrected), samples, folder));
    assertThat(distance(expected, with)).isLessThan(distance(expected, without));
  }

  @Test
  void maxPoolSharesTheGridOfItsInput() throws OrtException {
    Model model =
        Nets.ofBytes(1, 12, 12)
            .conv("c1", "x", 1, 8)
            .add("Relu", "r1", "c1")
            .add("MaxPool", "p", Map.of("kernel_shape", Attribute.ofInts(2, 2)), "r1")
            .conv("c2", "p", 8, 4)
            .returning("c2");
    StaticPlan plan = plan(model, ALL, Nets.bytes(1, 64, IMAGE));
    assertThat(gridOf(plan, "p")).isEqualTo(gridOf(plan, "r1"));
    assertThat(Int8Preset.requests(model)).contains(StatisticRequest.histogram("r1"));
    assertThat(Nets.optimizedOpTypes(Int8Preset.rewrite(model, plan), folder))
        .contains("MaxPool")
        .doesNotContain("Conv", "Relu");
  }

  @Test
  void aClipWhoseBoundsAreTheEndsOfTheGridIsGone() {
    Model clipped =
        Nets.ofBytes(1, 12, 12)
            .constant("zero", Tensor.scalar(0f))
            .constant("half", Tensor.scalar(0.25f))
            .conv("c1", "x", 1, 8)
            .add("Clip", "r1", "c1", "zero", "half")
            .conv("c2", "r1", 8, 4)
            .returning("c2");
    SampleBlock samples = Nets.bytes(1, 64, IMAGE);
    Model quantized = quantized(clipped, ALL, samples);
    assertThat(Nets.opTypes(quantized)).doesNotContain("Clip");
    StaticPlan plan = plan(clipped, ALL, samples);
    assertThat((double) gridOf(plan, "r1").highest()).isCloseTo(0.25, within(1e-6));
  }

  @Test
  void aReluBehindAFloatOperatorIsGoneTooWhereItsOutputIsQuantized() {
    Model model =
        Nets.ofBytes(1, 12, 12)
            .conv("c1", "x", 1, 8)
            .add("Softplus", "s", "c1")
            .add("Relu", "r", "s")
            .conv("c2", "r", 8, 4)
            .add("Relu", "y", "c2")
            .returning("y");
    SampleBlock samples = Nets.bytes(1, 64, IMAGE);
    StaticPlan plan = plan(model, ALL, samples);
    assertThat(plan.others())
        .extracting(Decision::target, Decision::action)
        .containsExactly(
            tuple("s", "keep-float"), tuple("r", "fold-into-range"), tuple("y", "fold-into-range"));
    assertThat(Nets.opTypes(Int8Preset.rewrite(model, plan))).doesNotContain("Relu");
  }

  @Test
  void anActivationThatNothingTakesInIsQuantizedByItselfOrKept() throws OrtException {
    Model model =
        Nets.ofBytes(1, 12, 12)
            .conv("c1", "x", 1, 8)
            .add("Sigmoid", "s", "c1")
            .conv("c2", "s", 8, 4)
            .add("Softplus", "y", "c2")
            .returning("y");
    SampleBlock samples = Nets.bytes(1, 64, IMAGE);
    StaticPlan joined = plan(model, ALL, samples);
    assertThat(joined.others())
        .extracting(Decision::target, Decision::action)
        .contains(tuple("y", "keep-float"));
    assertThat(Nets.optimizedOpTypes(Int8Preset.rewrite(model, joined), folder))
        .contains("QLinearSigmoid", "Softplus");
    QuantizationChoice convOnly =
        QuantizationChoice.of(RangeEstimator.MSE, EnumSet.of(OpGroup.CONV_GEMM));
    assertThat(plan(model, convOnly, samples).others())
        .filteredOn(d -> d.target().equals("s"))
        .allSatisfy(d -> assertThat(d.reason()).contains("its group does not join"));
    assertThat(convOnly.name()).isEqualTo("mse conv_gemm");
  }

  @Test
  void candidatesLeaveOutGroupsThatChangeNothing() {
    assertThat(StaticInt8.candidates(residual(), RangeEstimator.MSE))
        .extracting(QuantizationChoice::groups)
        .first()
        .isEqualTo(new TreeSet<>(EnumSet.allOf(OpGroup.class)));
    assertThat(StaticInt8.candidates(residual()))
        .hasSize(
            RangeEstimator.ALL.size() * StaticInt8.candidates(residual(), RangeEstimator.KL).size())
        .doesNotHaveDuplicates();
  }

  @Test
  void aTensorThatTheModelReturnsKeepsItsName() {
    Model model =
        Nets.ofBytes(1, 12, 12)
            .conv("c1", "x", 1, 8)
            .add("Relu", "features", "c1")
            .conv("c2", "features", 8, 4)
            .returning("features", "c2");
    SampleBlock samples = Nets.bytes(1, 64, IMAGE);
    Model quantized = quantized(model, ALL, samples);
    float[] expected = Nets.values(Nets.output(model, samples, folder));
    float[] actual = Nets.values(Nets.output(quantized, samples, folder));
    assertThat(actual).hasSameSizeAs(expected);
    assertThat(distance(doubles(expected), doubles(actual)) / Math.sqrt(expected.length))
        .isLessThan(0.01);
  }

  @Test
  void layersThatCannotBeQuantizedStayFloatWithTheReason() {
    Model model =
        Nets.ofFloats(6)
            .constant("w", Tensor.ofFloats(Dims.of(6, 6), new float[36]))
            .add("Gemm", "scaled", Map.of("alpha", Attribute.of(2f)), "x", "w")
            .add("Gemm", "computed", "scaled", "scaled")
            .constant("odd", Tensor.ofFloats(Dims.of(2, 1), 1, 2))
            .add("Gemm", "biased", "scaled", "w", "odd")
            .add("Add", "shifted", "biased", "w")
            .gemm("y", "shifted", 6, 3, 1)
            .returning("y", "computed");
    Sites sites = Sites.of(model, EnumSet.allOf(OpGroup.class));
    assertThat(sites.others())
        .extracting(Decision::reason)
        .anySatisfy(r -> assertThat(r).contains("alpha, beta or transA"))
        .anySatisfy(r -> assertThat(r).contains("weights are no float32 constant"))
        .anySatisfy(r -> assertThat(r).contains("bias is no float32 constant"))
        .anySatisfy(r -> assertThat(r).contains("one operand is a constant"));
    assertThat(sites.layers()).extracting(n -> n.output(0)).containsExactly("y");
  }

  @Test
  void aModelWithoutLayersIsRefused() {
    Model model = Nets.ofFloats(6).add("Relu", "y", "x").returning("y");
    assertThatThrownBy(() -> Int8Preset.requests(model))
        .isInstanceOf(UnsupportedModelError.class)
        .hasMessageContaining("none of its 1 nodes is a Conv or Gemm");
  }

  @Test
  void anOldOpsetIsRefused() {
    Model model = residual().withOperatorSets(List.of(new OperatorSet("", 12)));
    assertThatThrownBy(() -> Int8Preset.requests(model))
        .isInstanceOf(UnsupportedModelError.class)
        .hasMessageContaining("its opset is 12, must be 13 or more");
  }

  @Test
  void missingStatisticsAreNamed() {
    StatisticsTable none = StatisticsTable.empty(List.of());
    assertThatThrownBy(() -> StaticInt8.plan(residual(), none, ALL))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("have no histogram of r1");
  }

  @Test
  void aPlanOfAnotherModelIsRefused() {
    StaticPlan plan = plan(residual(), ALL, Nets.bytes(1, 64, IMAGE));
    Model other = Nets.ofFloats(6).gemm("y", "x", 6, 3, 1).returning("y");
    assertThatThrownBy(() -> Int8Preset.rewrite(other, plan))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a plan of another model");
  }

  @Test
  void aMeanThatIsTakenOffIsQuantizedInsteadOfTheBytes() {
    Model model =
        Nets.ofBytes(1, 12, 12)
            .constant("mean", Tensor.scalar(0.3f))
            .add("Sub", "centred", "x", "mean")
            .conv("y", "centred", 1, 4)
            .returning("y");
    StaticPlan plan = plan(model, ALL, Nets.bytes(1, 64, IMAGE));
    assertThat(plan.activations().get(0).levels()).isEmpty();
    assertThat(Nets.opTypes(Int8Preset.rewrite(model, plan))).contains("Sub", "QuantizeLinear");
  }

  /**
   * With steps sx, sw of input and weights, n products an output, |x| to X, |w| to W and the output
   * step sy: |y' - y| is at most n (X sw / 2 + W sx / 2 + sw sx / 4) + sw sx / 2 + sy / 2, and the
   * shift that the bias correction makes, which is at most n X sw / 2.
   */
  private void assertWithinBound(Model model, SampleBlock samples, int products) {
    StaticPlan plan = plan(model, ALL, samples);
    AffineGrid input = gridOf(plan, "x");
    double x = Math.max(-input.lowest(), input.highest()) + input.scale();
    double output =
        plan.activations().stream()
            .filter(a -> a.tensor().equals("y"))
            .mapToDouble(a -> a.grid().scale())
            .findFirst()
            .orElse(0);
    double weightStep =
        plan.layers().get(0).scales().stream().mapToDouble(s -> s).max().orElseThrow();
    double bound =
        products * (x * weightStep + 127 * weightStep * input.scale() / 2)
            + products * weightStep * input.scale()
            + output / 2
            + 1e-4;
    float[] expected = Nets.values(Nets.output(model, samples, folder));
    float[] actual = Nets.values(Nets.output(Int8Preset.rewrite(model, plan), samples, folder));
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i]).isCloseTo(expected[i], within(bound));
    }
    assertThat(distance(doubles(expected), doubles(actual)))
        .isLessThan(0.02 * distance(doubles(expected), new double[expected.length]));
  }

  private StaticPlan plan(Model model, QuantizationChoice choice, SampleBlock samples) {
    return StaticInt8.plan(model, Nets.calibrated(model, samples, folder), choice);
  }

  private Model quantized(Model model, QuantizationChoice choice, SampleBlock samples) {
    return Int8Preset.rewrite(model, plan(model, choice, samples));
  }

  private static AffineGrid gridOf(StaticPlan plan, String tensor) {
    return plan.activations().stream()
        .filter(a -> a.tensor().equals(tensor))
        .map(ActivationQuantization::grid)
        .findFirst()
        .orElseThrow();
  }

  private static List<Node> readersOf(Model model, String tensor) {
    return model.graph().nodes().stream().filter(n -> n.inputs().contains(tensor)).toList();
  }

  private static double[] channelMeans(SampleBlock block) {
    int channels = (int) block.sampleDims().size(0);
    int inner = (int) (block.sampleDims().elementCount() / channels);
    float[] values = Nets.values(block);
    double[] means = new double[channels];
    for (int i = 0; i < values.length; i++) {
      means[i / inner % channels] += values[i] * (double) channels / values.length;
    }
    return means;
  }

  private static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return Math.sqrt(sum);
  }

  private static double[] doubles(float[] values) {
    double[] result = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = values[i];
    }
    return result;
  }
}
