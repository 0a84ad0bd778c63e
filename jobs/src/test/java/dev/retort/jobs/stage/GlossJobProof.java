package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.jobs.run.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job on all glosses, through the launcher: a teacher joined of two, int8 dynamically. */
@Tag("proof")
class GlossJobProof {
  private static final double GIGABYTE = 1e9;

  @TempDir static Path folder;

  @Test
  void theJoinedTeacherKeepsItsAccuracyAtAQuarterOfTheSize() throws Exception {
    Launcher.retort(Map.of(), "version");

    Launcher.Outcome outcome =
        Launcher.retort(
            Map.of(),
            "compress",
            "conf/recipes/wordnet-glosses.yaml",
            "--work",
            folder.toString(),
            "--run-id",
            "r");

    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    RunResult result =
        Json.read(Files.readString(folder.resolve("runs/r/result.json")), RunResult.class);
    ModelOutcome ours = result.steps().get(result.steps().size() - 1);
    ProofPage.row(
        "main job on 105,165/11,681 glosses, embedded",
        "",
        "%.0f s; %.2f GB".formatted(outcome.seconds(), outcome.peakBytes() / GIGABYTE));
    row("float", result.teacher());
    row("retort", ours);
    ProofPage.row(
        "paired accuracy drop of Retort's int8 on the glosses, points",
        "<= 0.5",
        "%.2f (95 %%: %.2f to %.2f)"
            .formatted(
                ours.metrics().get("accuracyDrop"),
                ours.metrics().get("accuracyDropLow"),
                ours.metrics().get("accuracyDropHigh")));
    assertThat(ours.metrics().get("accuracyDrop")).isLessThanOrEqualTo(0.5);
    assertThat(ours.sizeBytes()).isLessThanOrEqualTo(23_100_000);
    assertThat(ours.latencyMillis()).isLessThan(result.teacher().latencyMillis());
  }

  private static void row(String name, ModelOutcome model) {
    ProofPage.row(
        "int8 on the test glosses: " + name,
        "",
        "%.2f %%; agreement %.2f %%; KL %.2e; %d bytes; %.3f ms at batch 1, %.2f ms at 32"
            .formatted(
                100 * model.metrics().get("accuracy"),
                100 * model.metrics().get("agreement"),
                model.metrics().get("meanKl"),
                model.sizeBytes(),
                model.latencyMillis(),
                model.latencyMillisBatch32()));
  }
}
