package dev.retort.runtime;

import dev.retort.tensor.Dims;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures how long one run of a model takes, from samples in memory to outputs in memory. Several
 * models take turns, so that what else the machine does strikes all alike; each round begins with
 * another model.
 */
public final class LatencyMeter {
  private final Map<String, Dims> sampleDims;
  private final Effort effort;

  /**
   * A meter.
   *
   * @param sampleDims dimensions of one sample, for the inputs whose dimensions the models leave
   *     open
   */
  public LatencyMeter(Map<String, Dims> sampleDims, Effort effort) {
    this.sampleDims = Map.copyOf(sampleDims);
    this.effort = effort;
  }

  /**
   * Milliseconds a run of {@code batch} samples, for each model.
   *
   * @param sessions by name; their settings say how many threads share a run
   */
  public Map<String, Quartiles> measure(Map<String, OnnxSession> sessions, int batch) {
    Map<String, TimedModel> models = new LinkedHashMap<>();
    try {
      sessions.forEach((name, s) -> models.put(name, new TimedModel(s, sampleDims, batch)));
      takeTurns(List.copyOf(models.values()), effort);
      Map<String, Quartiles> results = new LinkedHashMap<>();
      models.forEach((name, model) -> results.put(name, model.millis()));
      return results;
    } finally {
      models.values().forEach(TimedModel::close);
    }
  }

  /** Warms all models up and lets them run in rounds. */
  static void takeTurns(List<TimedModel> models, Effort effort) {
    models.forEach(model -> model.run(effort.warmUpRuns()));
    List<TimedModel> order = new ArrayList<>(models);
    long start = System.nanoTime();
    for (int round = 0; effort.continues(round, start); round++) {
      order.forEach(model -> model.turn(effort.runsPerRound()));
      order.add(order.remove(0));
    }
  }
}
