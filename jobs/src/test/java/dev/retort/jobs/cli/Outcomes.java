package dev.retort.jobs.cli;

import dev.retort.jobs.stage.GateResult;
import dev.retort.jobs.stage.ModelOutcome;
import dev.retort.provenance.Sha256;
import java.util.List;
import java.util.TreeMap;

/** Outcomes of models that nobody computed. */
final class Outcomes {
  private Outcomes() {}

  static ModelOutcome of(
      String name, long bytes, double millis, double accuracy, List<GateResult> gates) {
    TreeMap<String, Double> metrics = new TreeMap<>();
    metrics.put("accuracy", accuracy);
    return new ModelOutcome(
        name, name + ".onnx", Sha256.of(name), bytes, bytes, 7, metrics, millis, millis, gates, "");
  }
}
