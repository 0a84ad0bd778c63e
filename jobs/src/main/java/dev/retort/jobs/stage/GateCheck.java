package dev.retort.jobs.stage;

import dev.retort.recipe.Gates;
import java.util.ArrayList;
import java.util.List;

/** Compares a step's model with the recipe's gates. */
final class GateCheck {
  private GateCheck() {}

  /** The gates of the recipe; those about accuracy need labels. */
  static List<GateResult> check(
      Gates gates, ModelOutcome teacher, ModelOutcome step, GateResult.Role role) {
    List<GateResult> results = new ArrayList<>();
    Double drop = step.metrics().get("accuracyDrop");
    if (drop != null) {
      gates
          .accuracyDrop()
          .ifPresent(limit -> results.add(GateResult.atMost("accuracy-drop", limit, drop, role)));
    }
    double smaller = (double) teacher.sizeBytes() / step.sizeBytes();
    gates
        .sizeRatio()
        .ifPresent(limit -> results.add(GateResult.atLeast("size-ratio", limit, smaller, role)));
    double faster = teacher.latencyMillis() / step.latencyMillis();
    gates
        .latencyRatio()
        .ifPresent(limit -> results.add(GateResult.atLeast("latency-ratio", limit, faster, role)));
    gates
        .latencyMillis()
        .ifPresent(
            limit ->
                results.add(
                    GateResult.atMost("latency-millis", limit, step.latencyMillis(), role)));
    return results;
  }
}
