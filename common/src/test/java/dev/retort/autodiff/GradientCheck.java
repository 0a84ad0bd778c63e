package dev.retort.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.retort.graph.Model;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Compares gradients with central finite differences of fourth order, {@code (8 (f(h) - f(-h)) -
 * (f(2h) - f(-2h))) / 12 h}, of a random linear form of the outputs, which is summed in float64.
 */
final class GradientCheck {
  private static final int MOST_ELEMENTS = 10;
  private static final int DIRECTIONS = 2;

  private GradientCheck() {}

  /**
   * The largest difference between the gradients of {@code outputs} and their finite differences,
   * relative to the largest gradient of the same input.
   *
   * @param step {@code h}
   */
  static double worstError(Case built, List<String> outputs, double step) {
    String loss = appendLoss(built, outputs);
    Model model = built.model(List.of(loss), ElementType.FLOAT64);
    Differentiated differentiated = Gradients.of(model, loss, built.wanted());
    Map<String, Tensor> results;
    try (Evaluation evaluation = new Evaluation(differentiated.model(), built.values())) {
      results = evaluation.run();
    }
    double worst = 0;
    try (Evaluation evaluation = new Evaluation(model, built.values())) {
      for (String wanted : built.wanted()) {
        Tensor gradient = results.get(differentiated.gradients().get(wanted));
        assertThat(gradient.dims()).isEqualTo(built.values().get(wanted).dims());
        assertThat(gradient.type()).isEqualTo(built.type());
        worst = Math.max(worst, error(evaluation, wanted, doubles(gradient), step, built.random));
      }
    }
    return worst;
  }

  /**
   * The largest difference that ONNX Runtime's optimisations and a second thread make to the
   * gradients, relative to the largest gradient of the same input.
   */
  static double optimizedDifference(Case built, List<String> outputs) {
    String loss = appendLoss(built, outputs);
    Model model = built.model(List.of(loss), ElementType.FLOAT64);
    Model differentiated = Gradients.of(model, loss, built.wanted()).model();
    Map<String, Tensor> plain;
    Map<String, Tensor> optimized;
    try (Evaluation evaluation = new Evaluation(differentiated, built.values())) {
      plain = evaluation.run();
    }
    try (Evaluation evaluation =
        new Evaluation(differentiated, built.values(), OptLevel.ALL_OPT, 2)) {
      optimized = evaluation.run();
    }
    double worst = 0;
    for (String output : plain.keySet()) {
      double[] expected = doubles(plain.get(output));
      double[] actual = doubles(optimized.get(output));
      double scale = Arrays.stream(expected).map(Math::abs).max().orElse(0);
      for (int i = 0; i < expected.length; i++) {
        worst = Math.max(worst, Math.abs(expected[i] - actual[i]) / Math.max(1e-3, scale));
      }
    }
    return worst;
  }

  /** Adds a random linear form of {@code outputs}. */
  private static String appendLoss(Case built, List<String> outputs) {
    Map<String, Tensor> results;
    try (Evaluation evaluation = new Evaluation(built.model(outputs), built.values())) {
      results = evaluation.run();
    }
    String loss = "";
    for (String output : outputs) {
      Tensor result = results.get(output);
      String weights =
          built.constant(
              Case.floats(
                  ElementType.FLOAT64, built.random::nextGaussian, result.dims().toArray()));
      String wide = built.node("Cast", List.of(output), "to", (long) ElementType.FLOAT64.number());
      String sum =
          built.node(
              "ReduceSum", List.of(built.node("Mul", List.of(wide, weights))), "keepdims", 0);
      loss = loss.isEmpty() ? sum : built.node("Add", List.of(loss, sum));
    }
    return loss;
  }

  private static double error(
      Evaluation evaluation, String input, double[] gradient, double step, Random random) {
    double scale = 1e-3;
    for (double value : gradient) {
      assertThat(value).as("gradient by %s", input).isFinite();
      scale = Math.max(scale, Math.abs(value));
    }
    double worst = 0;
    for (double[] direction : directions(gradient.length, random)) {
      double expected = difference(evaluation, input, direction, step);
      double actual = 0;
      for (int i = 0; i < gradient.length; i++) {
        actual += gradient[i] * direction[i];
      }
      worst = Math.max(worst, Math.abs(expected - actual) / scale);
    }
    return worst;
  }

  /** Single elements, and dense directions of length 1. */
  private static List<double[]> directions(int length, Random random) {
    List<double[]> directions = new ArrayList<>();
    for (int i = 0; i < Math.min(length, MOST_ELEMENTS); i++) {
      double[] direction = new double[length];
      direction[length <= MOST_ELEMENTS ? i : random.nextInt(length)] = 1;
      directions.add(direction);
    }
    for (int i = 0; i < DIRECTIONS && length > 1; i++) {
      double[] direction = random.doubles(length, -1, 1).toArray();
      double norm = 0;
      for (double value : direction) {
        norm += value * value;
      }
      for (int j = 0; j < length; j++) {
        direction[j] /= Math.sqrt(norm);
      }
      directions.add(direction);
    }
    return directions;
  }

  private static double difference(
      Evaluation evaluation, String input, double[] direction, double step) {
    ByteBuffer bytes = evaluation.buffer(input);
    boolean wide = bytes.capacity() == direction.length * Double.BYTES;
    double[] kept = new double[direction.length];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = wide ? bytes.getDouble(i * 8) : bytes.getFloat(i * 4);
    }
    double near =
        at(evaluation, bytes, wide, kept, direction, step)
            - at(evaluation, bytes, wide, kept, direction, -step);
    double far =
        at(evaluation, bytes, wide, kept, direction, 2 * step)
            - at(evaluation, bytes, wide, kept, direction, -2 * step);
    at(evaluation, bytes, wide, kept, direction, 0);
    return (8 * near - far) / (12 * step);
  }

  private static double at(
      Evaluation evaluation,
      ByteBuffer bytes,
      boolean wide,
      double[] kept,
      double[] direction,
      double distance) {
    for (int i = 0; i < kept.length; i++) {
      double value = kept[i] + distance * direction[i];
      if (wide) {
        bytes.putDouble(i * 8, value);
      } else {
        bytes.putFloat(i * 4, (float) value);
      }
    }
    return evaluation.scalar();
  }

  static double[] doubles(Tensor tensor) {
    double[] values = new double[(int) tensor.elementCount()];
    ByteBuffer bytes = tensor.bytes();
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.type() == ElementType.FLOAT64 ? bytes.getDouble() : bytes.getFloat();
    }
    return values;
  }
}
