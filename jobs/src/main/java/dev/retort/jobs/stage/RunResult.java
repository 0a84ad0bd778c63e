package dev.retort.jobs.stage;

import dev.retort.error.ExitCode;
import java.util.List;

/**
 * The result of a run: {@code result.json}, small enough for a scheduler's variables.
 *
 * @param status {@code ok}, {@code gate-failed} or {@code failed}
 * @param exitCode what the process ends with
 * @param runId the name of the run directory
 * @param message what to tell the user; empty when all is well
 * @param teacher the original model
 * @param steps the models after each step, in order
 * @param stages how long each stage took and what it found in the store
 */
public record RunResult(
    String status,
    int exitCode,
    String runId,
    String message,
    ModelOutcome teacher,
    List<ModelOutcome> steps,
    List<StageTiming> stages) {
  public RunResult {
    steps = List.copyOf(steps);
    stages = List.copyOf(stages);
  }

  /** A complete run, whose exit code follows from the gates that decide. */
  static RunResult complete(
      String runId, ModelOutcome teacher, List<ModelOutcome> steps, List<StageTiming> stages) {
    List<String> missed =
        steps.stream()
            .flatMap(step -> step.gates().stream())
            .filter(gate -> gate.decides() && !gate.passed())
            .map(GateResult::sentence)
            .toList();
    ExitCode exitCode = missed.isEmpty() ? ExitCode.OK : ExitCode.GATE_FAILED;
    return new RunResult(
        missed.isEmpty() ? "ok" : "gate-failed",
        exitCode.code(),
        runId,
        missed.isEmpty() ? "" : "The result misses a gate: " + String.join("; ", missed),
        teacher,
        steps,
        stages);
  }
}
