package dev.retort.jobs.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.jobs.run.Json;
import dev.retort.jobs.stage.BenchResult;
import dev.retort.jobs.stage.Launcher;
import dev.retort.jobs.stage.ProofPage;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a second executor brings, next to what a second bare loop brings on the same cores. */
@Tag("proof")
class ExecutorsProof {
  private static final String RECIPE = "conf/recipes/fashion-mnist.yaml";
  private static final String SAMPLES = "32768";
  private static final int BATCH = 32;
  private static final Path MODEL =
      Path.of(System.getProperty("retort.root"), "data/models/fashion-resnet.onnx");

  @TempDir private static Path folder;

  @Test
  void aSecondExecutorBringsWhatASecondLoopBrings() throws Exception {
    BenchResult one = bench(1);
    BenchResult two = bench(2);

    double executors =
        two.samplesPerSecond(BenchResult.RETORT) / one.samplesPerSecond(BenchResult.RETORT);
    double loops =
        BareLoopProcess.samplesPerSecond(2, MODEL, BATCH)
            / BareLoopProcess.samplesPerSecond(1, MODEL, BATCH);
    ProofPage.row(
        "two executors of one core against one, next to two processes with a bare loop each against one",
        ">= 0.95",
        "%.2f (%.2fx next to %.2fx)".formatted(executors / loops, executors, loops));
    assertThat(loops)
        .as("what a second core brings at least where both are free")
        .isGreaterThan(1.5);
    assertThat(one.slots()).isEqualTo(1);
    assertThat(two.slots()).isEqualTo(2);
    assertThat(executors / loops).isGreaterThanOrEqualTo(0.95);
  }

  private static BenchResult bench(int executors) throws Exception {
    Path state = folder.resolve("cluster-" + executors);
    try (LocalCluster cluster =
        LocalCluster.started(state, "--workers", Integer.toString(executors))) {
      Launcher.Outcome outcome =
          Launcher.retort(
              Map.of("RETORT_NO_BUILD", "1"),
              "bench",
              RECIPE,
              "--master",
              cluster.master(),
              "--work",
              folder.resolve("work").toString(),
              "--set",
              "runtime.batch=" + BATCH,
              "--samples",
              SAMPLES,
              "--python",
              "none",
              "--json");
      assertThat(outcome.exitCode()).as(outcome.output()).isZero();
      String output = outcome.output();
      return Json.read(output.substring(output.indexOf("{\n")), BenchResult.class);
    }
  }
}
