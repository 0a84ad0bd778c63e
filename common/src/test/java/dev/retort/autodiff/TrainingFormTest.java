package dev.retort.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retort.autodiff.TrainingForm.BatchNorm;
import dev.retort.autodiff.TrainingForm.RunningStatistic;
import dev.retort.error.UnsupportedModelError;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.shape.ModelCheck;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TrainingFormTest {
  private final Case built = new Case(new Random(7), ElementType.FLOAT64);

  private Model batchNorm(String mean, String variance) {
    String x = built.data(4, 2, 3);
    return built.model(
        List.of(
            built.node(
                "BatchNormalization",
                List.of(x, built.weight(2), built.weight(2), mean, variance),
                "momentum",
                0.75f)));
  }

  private String constant(double... values) {
    int[] next = {0};
    return built.constant(Case.floats(ElementType.FLOAT64, () -> values[next[0]++], values.length));
  }

  @Test
  void runningStatisticsAreInputsAndReturnedUpdated() {
    TrainingForm form =
        TrainingForm.of(batchNorm(constant(1, 2), constant(3, 4)), BatchNorm.BATCH_STATISTICS);

    assertThat(form.statistics())
        .containsExactly(
            new RunningStatistic("c0", "c0", "c0.updated"),
            new RunningStatistic("c1", "c1", "c1.updated"));
    ModelCheck.check(form.model());
    Map<String, Tensor> inputs = new LinkedHashMap<>(built.values());
    inputs.put("c0", numbers(1, 2));
    inputs.put("c1", numbers(3, 4));
    try (Evaluation evaluation = new Evaluation(form.model(), inputs)) {
      Map<String, Tensor> results = evaluation.run();
      double[] x = GradientCheck.doubles(built.values().get("in0"));
      for (int c = 0; c < 2; c++) {
        double sum = 0;
        double squares = 0;
        for (int n = 0; n < 4; n++) {
          for (int i = 0; i < 3; i++) {
            double value = x[(n * 2 + c) * 3 + i];
            sum += value / 12;
            squares += value * value / 12;
          }
        }
        assertThat(GradientCheck.doubles(results.get("c0.updated"))[c])
            .isCloseTo(0.75 * (c + 1) + 0.25 * sum, within(1e-12));
        assertThat(GradientCheck.doubles(results.get("c1.updated"))[c])
            .isCloseTo(0.75 * (c + 3) + 0.25 * (squares - sum * sum), within(1e-12));
      }
      assertThat(evaluation.buffer("c0").getDouble(8)).as("the caller's own").isEqualTo(2);
    }
  }

  private static Tensor numbers(double... values) {
    int[] next = {0};
    return Case.floats(ElementType.FLOAT64, () -> values[next[0]++], values.length);
  }

  @Test
  void aStatisticThatOthersReadGetsAnInputOfItsOwn() {
    String both = constant(1, 2);

    TrainingForm form = TrainingForm.of(batchNorm(both, both), BatchNorm.BATCH_STATISTICS);

    assertThat(form.statistics())
        .extracting(RunningStatistic::input)
        .containsExactly("c0.running", "c0.running_1");
    ModelCheck.check(form.model());
  }

  @Test
  void frozenNormalizationStaysAsItIs() {
    Model model = batchNorm(constant(1, 2), constant(3, 4));

    TrainingForm form = TrainingForm.of(model, BatchNorm.FROZEN);

    assertThat(form.model()).isEqualTo(model);
    assertThat(form.statistics()).isEmpty();
  }

  @Test
  void computedStatisticsAreRefused() {
    Model model = batchNorm(built.node("Neg", List.of(constant(1, 2))), constant(3, 4));

    assertThatThrownBy(() -> TrainingForm.of(model, BatchNorm.BATCH_STATISTICS))
        .isInstanceOf(UnsupportedModelError.class)
        .hasMessage(
            "Cannot train the model: the mean or variance of node 'BatchNormalization1'"
                + " (BatchNormalization) is computed, must be a constant; export the model again");
  }

  @Test
  void aModelThatWasExportedInTrainingIsRefused() {
    String x = built.data(4, 2);
    List<String> parts =
        built.nodes(
            "",
            "BatchNormalization",
            3,
            List.of(x, constant(1, 1), constant(0, 0), constant(0, 0), constant(1, 1)),
            "training_mode",
            1);
    Model model = built.model(parts);

    assertThatThrownBy(() -> TrainingForm.of(model, BatchNorm.BATCH_STATISTICS))
        .isInstanceOf(UnsupportedModelError.class)
        .hasMessageContaining("the training_mode of node 'BatchNormalization0'")
        .hasMessageContaining("is 1, must be 0, as a deployed model has it");
  }

  @Test
  void aDropoutTakesItsMaskAsAnInput() {
    String x = built.fixed().weight(numbers(1, 2, 3));
    String y = built.node("Dropout", List.of(x, built.constant(Tensor.scalar(0.25f))));
    String loss = built.node("ReduceSum", List.of(y), "keepdims", 0);

    TrainingForm form = TrainingForm.of(built.model(List.of(loss)), BatchNorm.FROZEN);

    assertThat(form.masks()).hasSize(1);
    assertThat(form.masks().get(0).ratio()).isEqualTo(0.25);
    assertThat(form.masks().get(0).type().shape().orElseThrow()).hasSize(1);
    Differentiated model = Gradients.of(form.model(), loss, List.of(x));
    Map<String, Tensor> inputs = new LinkedHashMap<>(built.values());
    inputs.put(form.masks().get(0).input(), numbers(0, 4 / 3.0, 4 / 3.0));
    try (Evaluation evaluation = new Evaluation(model.model(), inputs)) {
      assertThat(GradientCheck.doubles(evaluation.run().get(model.gradients().get(x))))
          .containsExactly(0, 4 / 3.0, 4 / 3.0);
    }
  }

  @Test
  void aPoolBehindAReluComesFirst() {
    String x = built.fixed().data(2, 3, 4, 4);
    String relu = built.node("Relu", List.of(x));
    String y = built.node("MaxPool", List.of(relu), "kernel_shape", new long[] {2, 2});
    Model model = built.model(List.of(y));

    Model form = TrainingForm.of(model, BatchNorm.FROZEN).model();

    assertThat(form.graph().nodes()).extracting(Node::opType).containsExactly("MaxPool", "Relu");
    assertThat(outputs(form)).isEqualTo(outputs(model));
  }

  @Test
  void aPoolBehindAReluThatOthersReadStays() {
    String x = built.fixed().data(2, 3, 4, 4);
    String relu = built.node("Relu", List.of(x));
    String y = built.node("MaxPool", List.of(relu), "kernel_shape", new long[] {2, 2});
    Model model = built.model(List.of(relu, y));

    assertThat(TrainingForm.of(model, BatchNorm.FROZEN).model()).isEqualTo(model);
  }

  private Map<String, Tensor> outputs(Model model) {
    try (Evaluation evaluation = new Evaluation(model, built.values())) {
      return evaluation.run();
    }
  }

  @Test
  void aDropoutWhoseMaskIsUsedIsRefused() {
    String x = built.fixed().weight(3);
    List<String> parts = built.nodes("", "Dropout", 2, List.of(x));
    String mask = built.node("Cast", List.of(parts.get(1)), "to", 11);
    String y = built.node("Add", List.of(parts.get(0), mask));

    assertThatThrownBy(() -> TrainingForm.of(built.model(List.of(y)), BatchNorm.FROZEN))
        .isInstanceOf(UnsupportedModelError.class)
        .hasMessageContaining(
            "the mask of node 'Dropout0' (Dropout) is read by others, must be unused");
  }
}
