package dev.retort.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code plan} before a run, after it, and after an edit of its quantize step. */
class PlanTest {
  private static final String STEPS = "steps=[fuse, {quantize: {calibration: {range: %s}}}]";

  @TempDir private static Path folder;

  private static SmallTask task;
  private static List<String> before;

  @BeforeAll
  static void runOnce() {
    task = SmallTask.in(folder);
    before = plan("auto");
    Command run = task.run("compress", "--set", STEPS.formatted("auto"));
    assertThat(run.exitCode()).as(run.err()).isZero();
  }

  @Test
  void beforeARunItListsTheWholeChainInItsOrder() {
    assertThat(before.get(0)).startsWith("run     small-").endsWith("(new)");
    assertThat(before)
        .filteredOn(line -> line.matches("(to run|depends|stored|measured|done) .*"))
        .extracting(
            line -> line.substring(0, 9).strip() + ": " + line.substring(9).split("  ", 2)[0])
        .startsWith(
            "to run: probe teacher",
            "to run: ingest train",
            "to run: ingest validation",
            "to run: ingest test",
            "depends: label test",
            "depends: evaluate teacher",
            "to run: fuse",
            "depends: evaluate fuse",
            "depends: subset calibration",
            "depends: calibrate",
            "depends: label validation")
        .contains(
            "depends: evaluate candidate minmax conv_gemm+add+pool+activation",
            "depends: evaluate candidate of other operators",
            "depends: measure latency-candidates")
        .endsWith(
            "to run: quantize",
            "depends: evaluate quantize",
            "depends: measure latency-result",
            "to run: measure profile",
            "to run: measure profile",
            "depends: measure profile",
            "to run: report");
  }

  @Test
  void aFinishedRunHasNothingLeftToDo() {
    List<String> lines = plan("auto");

    assertThat(lines.get(0)).endsWith("(finished)");
    assertThat(lines.get(1))
        .isEqualTo("compress would print its result and run nothing; its stages:");
    assertThat(lines).noneMatch(line -> line.matches("(to run|depends) .*"));
    assertThat(lines)
        .anyMatch(line -> line.matches("stored +probe teacher .*"))
        .anyMatch(line -> line.matches("stored +evaluate teacher .*"))
        .anyMatch(line -> line.matches("stored +evaluate candidate minmax .*"))
        .anyMatch(line -> line.matches("measured +measure latency-candidates .*"))
        .anyMatch(line -> line.matches("stored +evaluate quantize .*"))
        .anyMatch(line -> line.matches("measured +measure latency-result .*"))
        .anyMatch(line -> line.matches("done +quantize .*"));
  }

  @Test
  void afterAnEditOfAStepWhatIsBeforeItIsStored() {
    List<String> lines = plan("minmax");

    assertThat(lines.get(0)).endsWith("(new)");
    assertThat(lines)
        .anyMatch(line -> line.matches("stored +evaluate fuse .*"))
        .anyMatch(line -> line.matches("stored +calibrate .*"))
        .anyMatch(line -> line.matches("stored +evaluate candidate minmax .*"))
        .anyMatch(line -> line.matches("to run +measure latency-candidates .*"))
        .anyMatch(line -> line.matches("depends +evaluate quantize +on quantize: .*"))
        .noneMatch(line -> line.contains("candidate mse"));
  }

  private static List<String> plan(String range) {
    Command command = task.run("plan", "--set", STEPS.formatted(range));
    assertThat(command.exitCode()).as(command.err()).isZero();
    return new ArrayList<>(command.out().lines().toList());
  }
}
