package dev.retort.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.retort.autodiff.DirectionCheck.WeightError;
import dev.retort.autodiff.TrainingForm.BatchNorm;
import dev.retort.autodiff.TrainingForm.RunningStatistic;
import dev.retort.graph.Model;
import dev.retort.graph.onnx.OnnxReader;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Cross-entropy of the fashion models: weights along their gradient and two random directions. The
 * proof checks all weights of both models, this test those of the student and some of the teacher.
 */
class FashionGradientsTest {
  private static final double[] STEPS = {1e-2, 3e-3, 1e-3, 3e-4};

  private static final List<String> SOME =
      List.of("stem.weight", "bn.weight", "layers.2.sc.0.weight", "layers.5.b2.bias", "fc.weight");

  @ParameterizedTest
  @EnumSource
  void everyWeightOfTheStudentAgreesWithDifferencesOfTheLoss(BatchNorm form) {
    assertThat(check("fashion-student", form, 4, weight -> true)).isEqualTo(11);
  }

  @ParameterizedTest
  @EnumSource
  void weightsOfTheTeacherAgreeWithDifferencesOfTheLoss(BatchNorm form) {
    assertThat(check("fashion-resnet", form, 2, SOME::contains)).isEqualTo(5);
  }

  @Tag("proof")
  @ParameterizedTest
  @EnumSource
  void everyWeightOfTheTeacherAgreesWithDifferencesOfTheLoss(BatchNorm form) {
    assertThat(check("fashion-resnet", form, 4, weight -> true)).isEqualTo(47);
  }

  /** What a trainer runs: optimised, on two threads, again and again on the same buffers. */
  @ParameterizedTest
  @EnumSource
  void anOptimizedSessionGivesTheSameInEveryStep(BatchNorm form) {
    Model model = model("fashion-student");
    TrainingForm training = TrainingForm.of(Losses.crossEntropy(model), form);
    List<String> weights = weights(training, weight -> true);
    Map<String, Tensor> inputs = inputs(training, model, 4, new Random(5));
    weights.forEach(weight -> inputs.put(weight, model.graph().initializers().get(weight)));
    Model differentiated = Gradients.of(training.model(), Losses.LOSS, weights).model();
    Map<String, Tensor> expected;
    try (Evaluation plain = new Evaluation(differentiated, inputs)) {
      expected = plain.run();
    }

    try (Evaluation optimized = new Evaluation(differentiated, inputs, OptLevel.ALL_OPT, 2)) {
      Map<String, Tensor> first = optimized.run();
      assertThat(optimized.run()).isEqualTo(first);
      assertThat(first).hasSize(1 + weights.size() + training.statistics().size());
      first.forEach((output, tensor) -> assertClose(output, tensor, expected.get(output)));
    }
  }

  private static void assertClose(String output, Tensor actual, Tensor expected) {
    double[] values = GradientCheck.doubles(expected);
    double scale = Arrays.stream(values).map(Math::abs).max().orElseThrow();
    assertThat(GradientCheck.doubles(actual))
        .as(output)
        .containsExactly(values, within(1e-3 * scale));
  }

  private static Model model(String name) {
    return OnnxReader.read(
        Path.of(System.getProperty("retort.root"), "data", "models", name + ".onnx"));
  }

  private static Map<String, Tensor> inputs(
      TrainingForm training, Model model, int images, Random random) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (RunningStatistic statistic : training.statistics()) {
      inputs.put(statistic.input(), model.graph().initializers().get(statistic.constant()));
    }
    inputs.put("image", Case.floats(ElementType.FLOAT32, random::nextDouble, images, 1, 28, 28));
    inputs.put(Losses.LABEL, Losses.labels(random.ints(images, 0, 10).toArray()));
    return inputs;
  }

  private static List<String> weights(TrainingForm training, Predicate<String> chosen) {
    return training.model().graph().initializers().entrySet().stream()
        .filter(e -> e.getValue().type().isFloat() && !isStatistic(e.getKey()))
        .map(Map.Entry::getKey)
        .filter(chosen)
        .toList();
  }

  /** Checks the chosen weights; returns how many. */
  private static int check(String name, BatchNorm form, int images, Predicate<String> chosen) {
    Model model = model(name);
    TrainingForm training = TrainingForm.of(Losses.crossEntropy(model), form);
    Random random = new Random(5);
    Map<String, Tensor> inputs = inputs(training, model, images, random);
    List<String> weights = weights(training, chosen);

    List<WeightError> errors =
        DirectionCheck.errors(training.model(), weights, inputs, STEPS, random);

    assertThat(errors)
        .allSatisfy(error -> assertThat(error.relative()).as("%s", error).isLessThan(3e-2))
        .allSatisfy(error -> assertThat(error.norm()).as("%s", error).isGreaterThan(1e-5));
    return weights.size();
  }

  private static boolean isStatistic(String weight) {
    return weight.contains("running_");
  }
}
