package dev.retort.training;

import java.util.Arrays;
import java.util.List;

/**
 * The average of what workers hold after a round, weighted by the examples that each trained on:
 * {@code sum_k n_k x_k / sum_k n_k}, in double and in the order of the workers, rounded once to
 * float32. A worker without examples has no part in it, whatever it holds.
 */
public final class ParameterAverage {
  private ParameterAverage() {}

  /**
   * Puts the average of {@code workers} into {@code target}, which may be one of them.
   *
   * @param examples of each worker, at least 0 and not all 0
   */
  public static void into(
      ParameterBuffer target, List<ParameterBuffer> workers, List<Long> examples) {
    long all = examples.stream().mapToLong(Long::longValue).sum();
    if (all <= 0
        || workers.size() != examples.size()
        || examples.stream().anyMatch(count -> count < 0)) {
      throw new IllegalArgumentException(
          "%d workers with examples %s".formatted(workers.size(), examples));
    }
    workers.forEach(worker -> worker.requireLayout(target.layout()));
    float[] values = new float[Chunk.VALUES];
    double[] sums = new double[Chunk.VALUES];
    int length = target.layout().length();
    for (int at = 0; at < length; at += Chunk.VALUES) {
      int count = Math.min(Chunk.VALUES, length - at);
      Arrays.fill(sums, 0);
      for (int worker = 0; worker < workers.size(); worker++) {
        if (examples.get(worker) > 0) {
          workers.get(worker).values().get(at, values, 0, count);
          addScaled(values, (double) examples.get(worker), sums);
        }
      }
      for (int i = 0; i < count; i++) {
        values[i] = (float) (sums[i] / (double) all);
      }
      target.values().put(at, values, 0, count);
    }
  }

  private static void addScaled(float[] values, double factor, double[] sums) {
    for (int i = 0; i < values.length; i++) {
      sums[i] += factor * values[i];
    }
  }
}
