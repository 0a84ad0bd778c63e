package dev.retort.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.jobs.stage.ProgressListener.StageProgress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private final AtomicLong clock = new AtomicLong();

  @Test
  void aLineSaysHowMuchIsDoneItsRateAndWhatIsLeft() {
    try (ProgressLines lines = new ProgressLines(err, clock::get)) {
      StageProgress label = lines.stageStarted("label", 54_000, "samples");
      label.advanced(10_000);
      label.advanced(2_000);
      clock.addAndGet(TimeUnit.SECONDS.toNanos(30));
      lines.printLines();
    }

    assertThat(printed())
        .isEqualTo("label: 12,000 of 54,000 samples, 400 a second, 1 min 45 s left, 30 s so far\n");
  }

  @Test
  void withoutATotalTheLineHasNoRemainingTime() {
    try (ProgressLines lines = new ProgressLines(err, clock::get)) {
      lines.stageStarted("ingest", 0, "rows").advanced(50);
      clock.addAndGet(TimeUnit.SECONDS.toNanos(10));
      lines.printLines();
    }

    assertThat(printed()).isEqualTo("ingest: 50 rows, 5 a second, 10 s so far\n");
  }

  @Test
  void aStageThatCountsNothingSaysHowLongItTakes() {
    try (ProgressLines lines = new ProgressLines(err, clock::get)) {
      lines.stageStarted("measure latency", 0, "");
      clock.addAndGet(TimeUnit.SECONDS.toNanos(61));
      lines.printLines();
    }

    assertThat(printed()).isEqualTo("measure latency: 1 min 1 s so far\n");
  }

  @Test
  void betweenStagesNoLineIsPrinted() {
    try (ProgressLines lines = new ProgressLines(err, clock::get)) {
      lines.printLines();
      lines.stageStarted("fuse", 1, "models").finished(0.1, false);
      lines.printLines();
    }

    assertThat(printed()).isEmpty();
  }

  @Test
  void aBarNamesItsStageAndEndsWithItsTime() {
    try (ProgressBars bars = new ProgressBars(err)) {
      StageProgress calibrate = bars.stageStarted("calibrate", 2_048, "samples");
      calibrate.advanced(1_024);
      calibrate.finished(3.2, false);
      bars.stageStarted("label", 0, "samples").finished(0.1, true);
    }

    assertThat(printed())
        .contains("calibrate", "1024/2048 samples")
        .contains("calibrate: done in 3.2 s", "label: already in the store");
  }

  @Test
  void ofStagesThatRunSideBySideEachHasALine() {
    try (ProgressLines lines = new ProgressLines(err, clock::get)) {
      lines.stageStarted("label", 0, "rows").advanced(50);
      lines.stageStarted("calibrate", 0, "rows").advanced(70);
      clock.addAndGet(TimeUnit.SECONDS.toNanos(10));
      lines.printLines();
    }

    assertThat(printed())
        .isEqualTo(
            "label: 50 rows, 5 a second, 10 s so far\ncalibrate: 70 rows, 7 a second, 10 s so far\n");
  }

  @Test
  void theBarPassesToTheStageThatIsLeft() {
    try (ProgressBars bars = new ProgressBars(err)) {
      StageProgress label = bars.stageStarted("label", 100, "samples");
      StageProgress calibrate = bars.stageStarted("calibrate", 2_048, "samples");
      calibrate.advanced(512);
      label.finished(1.5, false);
      calibrate.finished(2.5, false);
    }

    assertThat(printed())
        .contains("label: done in 1.5 s", "512/2048 samples", "calibrate: done in 2.5 s");
  }

  @Test
  void aConsoleThatIsNoTerminalGetsLines() {
    try (ConsoleProgress progress = ConsoleProgress.on(err)) {
      assertThat(progress).isInstanceOf(ProgressLines.class);
    }
  }

  @Test
  void quantitiesReadWell() {
    assertThat(Quantities.bytes(999)).isEqualTo("999 B");
    assertThat(Quantities.bytes(2_812_345)).isEqualTo("2.81 MB");
    assertThat(Quantities.bytes(3_000_000_000L)).isEqualTo("3.00 GB");
    assertThat(Quantities.grouped(1_234_567)).isEqualTo("1,234,567");
    assertThat(Quantities.seconds(Duration.ofMillis(75_400))).isEqualTo("1 min 15 s");
    assertThat(Quantities.seconds(9.96)).isEqualTo("10.0 s");
    assertThat(Quantities.seconds(61.0)).isEqualTo("1 min 1 s");
  }

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }
}
