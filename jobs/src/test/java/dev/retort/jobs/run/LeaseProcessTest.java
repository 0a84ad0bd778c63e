package dev.retort.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.LeaseHeldError;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes and one run: the second waits outside until the first is gone. */
class LeaseProcessTest {
  private static final LeaseTiming QUICK =
      new LeaseTiming(Duration.ofMillis(200), Duration.ofMillis(1600), Duration.ofMillis(50));

  @TempDir Path work;

  /** The other process: takes the run and says so; ends when its input does. */
  public static void main(String[] arguments) throws IOException {
    RunDirectory directory = RunDirectory.of(WorkRoot.of(Path.of(arguments[0])), new RunId("run"));
    RunWriter writer = directory.lock(QUICK);
    writer.lastWords(() -> writer.write(RunDirectory.RESULT, "stopped"));
    System.out.println("locked");
    int end = System.in.read();
    if (arguments.length > 1) {
      writer.close();
    }
    System.exit(end < 0 ? 0 : 1);
  }

  @Test
  void aKilledProcessLosesItsRunAndALivingOneKeepsIt() throws Exception {
    Process other = start();
    try {
      assertThatThrownBy(this::lock)
          .isInstanceOf(LeaseHeldError.class)
          .hasMessageContaining("its lease is held by process " + other.pid() + " on ");
    } finally {
      other.destroyForcibly().waitFor();
    }
    try (RunWriter writer = lock()) {
      writer.write(RunDirectory.RECIPE, "name: run\n");
    }
  }

  @Test
  void aProcessThatIsStoppedSaysSoAndReleasesItsRunOnTheWayOut() throws Exception {
    Process other = start();
    other.destroy();
    other.waitFor();
    assertThat(work.resolve("runs/run/lease-1")).content().contains("\"released\" : true");
    assertThat(work.resolve("runs/run/result.json")).hasContent("stopped");
    lock().close();
  }

  private RunWriter lock() {
    return RunDirectory.of(WorkRoot.of(work), new RunId("run")).lock(QUICK);
  }

  private Process start() throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                LeaseProcessTest.class.getName(),
                work.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    assertThat(out.lines().filter("locked"::equals).findFirst()).isPresent();
    return process;
  }
}
