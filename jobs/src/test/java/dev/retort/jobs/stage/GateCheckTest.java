package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.error.ExitCode;
import dev.retort.error.UserError;
import dev.retort.jobs.run.Json;
import dev.retort.provenance.Sha256;
import dev.retort.recipe.Gates;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class GateCheckTest {
  private static final ModelOutcome TEACHER = outcome("teacher", 3_000, 0, 2.0);

  @Test
  void everyGateOfTheRecipeIsChecked() {
    Gates gates = new Gates(limit(0.5), limit(3), limit(2), limit(0.9));

    List<GateResult> results =
        GateCheck.check(gates, TEACHER, outcome("int8", 1_000, 0.4, 1.0), GateResult.Role.DECIDES);

    assertThat(results)
        .extracting(GateResult::name)
        .containsExactly("accuracy-drop", "size-ratio", "latency-ratio", "latency-millis");
    assertThat(results).extracting(GateResult::passed).containsExactly(true, true, true, false);
    assertThat(results.get(3).sentence())
        .isEqualTo("latency-millis is 1.000, must be at most 0.9000");
  }

  @Test
  void aGateThatIsNotGivenIsNotChecked() {
    Gates none =
        new Gates(
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty());

    assertThat(GateCheck.check(none, TEACHER, TEACHER, GateResult.Role.DECIDES)).isEmpty();
  }

  @Test
  void onlyTheLastStepDecides() {
    Gates gates = new Gates(OptionalDouble.empty(), limit(3), OptionalDouble.empty(), limit(9));
    ModelOutcome fused = outcome("fuse", 2_900, 0, 2.0);
    ModelOutcome first =
        fused.withGates(GateCheck.check(gates, TEACHER, fused, GateResult.Role.INFORMS));
    ModelOutcome last =
        fused.withGates(GateCheck.check(gates, TEACHER, fused, GateResult.Role.DECIDES));

    RunResult informed = RunResult.complete("run", TEACHER, List.of(first), List.of());
    RunResult decided = RunResult.complete("run", TEACHER, List.of(last), List.of());

    assertThat(informed.status()).isEqualTo("ok");
    assertThat(decided.status()).isEqualTo("gate-failed");
    assertThat(decided.exitCode()).isEqualTo(ExitCode.GATE_FAILED.code());
    assertThat(decided.message()).contains("size-ratio is 1.034, must be at least 3.000");
  }

  @Test
  void aFailureKeepsTheExitCodeOfItsCause() {
    RunResult failed =
        RunResult.failed("run", new IllegalStateException("job", UserError.input("bad rows")));
    RunResult defect = RunResult.failed("run", new IllegalStateException("odd"));

    assertThat(failed.exitCode()).isEqualTo(ExitCode.INPUT.code());
    assertThat(failed.message()).isEqualTo("bad rows");
    assertThat(defect.exitCode()).isEqualTo(ExitCode.BUG.code());
    assertThat(RunResult.running("run").status()).isEqualTo("running");
  }

  @Test
  void onlyACompleteRunOnEqualProcessorsIsReproducible() {
    RunResult complete = RunResult.complete("run", TEACHER, List.of(), List.of());

    assertThat(Json.write(complete)).contains("\"reproducible\" : true");
    assertThat(Json.write(complete.ofMixedProcessors())).contains("\"reproducible\" : false");
    assertThat(complete.ofMixedProcessors().teacher()).isEqualTo(TEACHER);
    assertThat(RunResult.running("run").reproducible()).isFalse();
  }

  private static OptionalDouble limit(double value) {
    return OptionalDouble.of(value);
  }

  private static ModelOutcome outcome(String name, long bytes, double drop, double millis) {
    return new ModelOutcome(
        name,
        "steps/model.onnx",
        Sha256.of(name),
        bytes,
        bytes,
        1,
        new TreeMap<>(Map.of("accuracyDrop", drop)),
        millis,
        millis,
        List.of(),
        "");
  }
}
