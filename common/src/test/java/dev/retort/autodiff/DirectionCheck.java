package dev.retort.autodiff;

import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Gradients of a whole float32 model against differences of its loss along random directions, one
 * weight at a time. Of several steps the one with the least error counts: large ones cross kinks,
 * small ones drown in rounding.
 */
final class DirectionCheck {
  private DirectionCheck() {}

  /** The error of one weight: relative to the norm of its gradient, over all directions. */
  record WeightError(String weight, double relative, double norm) {}

  static List<WeightError> errors(
      Model model,
      List<String> weights,
      Map<String, Tensor> inputs,
      double[] steps,
      Random random) {
    Differentiated differentiated = Gradients.of(model, Losses.LOSS, weights);
    Map<String, Tensor> given = new LinkedHashMap<>(inputs);
    weights.forEach(w -> given.putIfAbsent(w, model.graph().initializers().get(w)));
    Map<String, Tensor> results;
    try (Evaluation evaluation = new Evaluation(differentiated.model(), given)) {
      results = evaluation.run();
    }
    List<WeightError> errors = new ArrayList<>();
    Model opened = withoutGradients(differentiated);
    try (Evaluation evaluation = new Evaluation(opened, given)) {
      for (String weight : weights) {
        double[] gradient =
            GradientCheck.doubles(results.get(differentiated.gradients().get(weight)));
        errors.add(error(evaluation, weight, gradient, steps, random));
      }
    }
    return errors;
  }

  /** The same inputs, the loss alone. */
  private static Model withoutGradients(Differentiated differentiated) {
    Graph graph = differentiated.model().graph();
    return differentiated
        .model()
        .withGraph(
            Graph.of(
                graph.name(),
                graph.nodes(),
                graph.initializers(),
                graph.inputs(),
                graph.outputs().stream().filter(o -> o.name().equals(Losses.LOSS)).toList()));
  }

  private static WeightError error(
      Evaluation evaluation, String weight, double[] gradient, double[] steps, Random random) {
    double norm = Math.sqrt(Arrays.stream(gradient).map(g -> g * g).sum());
    double worst = 0;
    for (int i = 0; i < 3; i++) {
      double[] direction = direction(gradient, norm, i, random);
      double expected = 0;
      for (int j = 0; j < gradient.length; j++) {
        expected += gradient[j] * direction[j];
      }
      double least = Double.MAX_VALUE;
      for (double step : steps) {
        double actual = difference(evaluation, weight, direction, step);
        least = Math.min(least, Math.abs(actual - expected));
      }
      worst = Math.max(worst, least);
    }
    return new WeightError(weight, worst / Math.max(norm, 1e-12), norm);
  }

  /** The gradient's own direction first, then random ones half of which is the gradient's. */
  private static double[] direction(double[] gradient, double norm, int index, Random random) {
    double[] direction = new double[gradient.length];
    double length = 0;
    for (int i = 0; i < direction.length; i++) {
      double noise = index == 0 ? 0 : random.nextGaussian() / Math.sqrt(direction.length);
      direction[i] = gradient[i] / Math.max(norm, 1e-12) + noise;
      length += direction[i] * direction[i];
    }
    for (int i = 0; i < direction.length; i++) {
      direction[i] /= Math.max(Math.sqrt(length), 1e-12);
    }
    return direction;
  }

  private static double difference(
      Evaluation evaluation, String weight, double[] direction, double step) {
    ByteBuffer bytes = evaluation.buffer(weight);
    float[] kept = new float[direction.length];
    bytes.asFloatBuffer().get(kept);
    double length = 0;
    double ahead = 0;
    double behind = 0;
    for (int sign = 1; sign >= -1; sign -= 2) {
      length = 0;
      for (int i = 0; i < kept.length; i++) {
        float moved = (float) (kept[i] + sign * step * direction[i]);
        // The step that float32 really makes.
        length += sign * (moved - (double) kept[i]) * direction[i];
        bytes.putFloat(i * Float.BYTES, moved);
      }
      double value = evaluation.scalar();
      ahead = sign > 0 ? value : ahead;
      behind = sign < 0 ? value : behind;
    }
    for (int i = 0; i < kept.length; i++) {
      bytes.putFloat(i * Float.BYTES, kept[i]);
    }
    return (ahead - behind) / (2 * length);
  }
}
