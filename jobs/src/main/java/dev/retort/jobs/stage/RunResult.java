package dev.retort.jobs.stage;

import dev.retort.error.ExitCode;
import dev.retort.error.RetortException;
import java.util.List;

/**
 * The result of a run: {@code result.json}, small enough for a scheduler's variables.
 *
 * @param status {@code running}, {@code ok}, {@code gate-failed} or {@code failed}
 * @param exitCode what the process ends with
 * @param runId the name of the run directory
 * @param reproducible whether the same recipe and measurements give the same bits again: false if
 *     executors may have processors of several classes, and while there is no result
 * @param message what to tell the user; empty when all is well
 * @param teacher the original model; null until the run is complete, and for commands that judge no
 *     model
 * @param steps the models after each step, in order
 * @param stages how long each stage took and what it found in the store
 */
public record RunResult(
    String status,
    int exitCode,
    String runId,
    boolean reproducible,
    String message,
    ModelOutcome teacher,
    List<ModelOutcome> steps,
    List<StageTiming> stages) {
  public RunResult {
    steps = List.copyOf(steps);
    stages = List.copyOf(stages);
  }

  /** What a run says of itself until it ends: a driver that is lost leaves it so. */
  public static RunResult running(String runId) {
    return unfinished(
        "running",
        ExitCode.INFRASTRUCTURE,
        runId,
        "The driver has not ended yet, or was lost; in that case repeat the command, which goes on from what is committed");
  }

  /** A run that an error ended; the same command goes on from what is stored. */
  public static RunResult failed(String runId, Throwable error) {
    Throwable cause = error;
    while (!(cause instanceof RetortException) && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause instanceof RetortException expected
        ? unfinished("failed", expected.exitCode(), runId, expected.getMessage())
        : unfinished("failed", ExitCode.BUG, runId, String.valueOf(error.getMessage()));
  }

  /** This result, of executors whose processors differ. */
  RunResult ofMixedProcessors() {
    return new RunResult(status, exitCode, runId, false, message, teacher, steps, stages);
  }

  private static RunResult unfinished(
      String status, ExitCode exitCode, String runId, String message) {
    return new RunResult(
        status, exitCode.code(), runId, false, message, null, List.of(), List.of());
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
        true,
        missed.isEmpty() ? "" : "The result misses a gate: " + String.join("; ", missed),
        teacher,
        steps,
        stages);
  }
}
