package dev.retort.runtime;

import dev.retort.tensor.Dims;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Measures the throughput of a session for several batch sizes. On CPUs the best batch is often
 * small, because inner values then stay in the caches.
 */
public final class BatchProbe {
  /** A smaller batch is preferred if it reaches this part of the best throughput. */
  private static final double GOOD_ENOUGH = 0.98;

  /**
   * The throughput of one thread.
   *
   * @param millis milliseconds a run of the whole batch
   */
  public record Throughput(int batch, Quartiles millis) {

    /** Samples a second, by the median. */
    public double samplesPerSecond() {
      return batch / millis.median() * 1e3;
    }
  }

  private BatchProbe() {}

  /**
   * Measures all candidates in turns.
   *
   * @param sampleDims dimensions of one sample, for the inputs whose dimensions the model leaves
   *     open
   * @param batches the candidates
   */
  public static List<Throughput> measure(
      OnnxSession session, Map<String, Dims> sampleDims, List<Integer> batches, Effort effort) {
    List<TimedModel> models = new ArrayList<>();
    try {
      batches.forEach(batch -> models.add(new TimedModel(session, sampleDims, batch)));
      LatencyMeter.takeTurns(models, effort);
      List<Throughput> results = new ArrayList<>();
      for (int i = 0; i < models.size(); i++) {
        results.add(new Throughput(batches.get(i), models.get(i).millis()));
      }
      return results;
    } finally {
      models.forEach(TimedModel::close);
    }
  }

  /**
   * The smallest batch whose throughput is at least 98 % of the best.
   *
   * @throws IllegalArgumentException if nothing was measured
   */
  public static int best(List<Throughput> measured) {
    double best =
        measured.stream().mapToDouble(Throughput::samplesPerSecond).max().orElse(Double.NaN);
    return measured.stream()
        .filter(m -> m.samplesPerSecond() >= GOOD_ENOUGH * best)
        .mapToInt(Throughput::batch)
        .min()
        .orElseThrow(() -> new IllegalArgumentException("no batch was measured"));
  }
}
