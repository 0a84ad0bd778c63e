package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.error.ExitCode;
import dev.retort.jobs.fault.Driver;
import dev.retort.jobs.fault.Fault;
import dev.retort.jobs.fault.Fault.Moment;
import dev.retort.jobs.run.Event;
import dev.retort.jobs.run.Json;
import dev.retort.jobs.run.RunDirectory;
import dev.retort.jobs.run.RunId;
import dev.retort.jobs.run.WorkRoot;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two drivers of one run, and drivers that are stopped in the middle of labelling. */
class StoppedDriverTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** What a second driver may take, with the start of its Java machine. */
  private static final Duration REFUSAL = Duration.ofSeconds(10);

  @TempDir static Path folder;

  @BeforeAll
  static void writeDataAndRecipe() {
    new FashionFixture(folder).recipe(Map.of());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void aSignalLeavesTheResultAndTheJournalAndFreesTheRun(String signal) throws Exception {
    Process process = startAndPause(signal);

    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();

    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(ExitCode.INTERRUPTED.code());
    RunResult result =
        Json.read(directory(signal).text(RunDirectory.RESULT).orElseThrow(), RunResult.class);
    assertThat(result.status()).isEqualTo("failed");
    assertThat(result.exitCode()).isEqualTo(ExitCode.INTERRUPTED.code());
    assertThat(result.message()).contains("Stopped by a signal; repeat the command");
    Event last = directory(signal).events().stream().reduce((a, b) -> b).orElseThrow();
    assertThat(last.kind()).isEqualTo("run-end");
    assertThat(last.fields()).containsEntry("exitCode", ExitCode.INTERRUPTED.code());
    assertThat(directory(signal).text("lease-1").orElseThrow()).contains("\"released\" : true");
  }

  @Test
  void aSecondDriverEndsWithFiveAndAfterAKillTheSameCommandGoesOnByItself() throws Exception {
    Process first = startAndPause("killed");
    Driver second = driver("second");
    Driver third = driver("third");

    long begin = System.nanoTime();
    assertThat(second.run(command("killed"))).isEqualTo(ExitCode.LEASE_HELD.code());
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(REFUSAL);
    assertThat(second.output())
        .contains(
            "Cannot start run run-label: its lease is held by process %d on %s, started "
                .formatted(first.pid(), InetAddress.getLocalHost().getHostName()));

    first.destroyForcibly().waitFor();
    assertThat(third.run(command("killed"))).as(third.output()).isEqualTo(ExitCode.OK.code());
    assertThat(third.output())
        .contains("Run run-label was left by process " + first.pid())
        .contains("taking it over");
    assertThat(directory("killed").isFinished()).isTrue();
  }

  /** Starts a driver and waits until one of its tasks waits in the middle of labelling. */
  private static Process startAndPause(String work) throws Exception {
    Path marker = folder.resolve("pause-" + work);
    Driver driver =
        driver(work)
            .with(Fault.nth(2, ".*store/label/.*", Moment.BEFORE_CREATION, marker).pausing());
    Process process = driver.start(command(work));
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!Files.exists(marker)) {
      assertThat(process.waitFor(50, TimeUnit.MILLISECONDS)).as(driver.output()).isFalse();
      assertThat(System.nanoTime()).as(driver.output()).isLessThan(deadline);
    }
    return process;
  }

  private static Driver driver(String name) {
    return new Driver(folder.resolve(name + ".log"));
  }

  private static String[] command(String work) {
    return FixtureRun.of(folder, work).command("label");
  }

  private static RunDirectory directory(String work) {
    return RunDirectory.of(WorkRoot.of(folder.resolve(work)), new RunId("run-label"));
  }
}
