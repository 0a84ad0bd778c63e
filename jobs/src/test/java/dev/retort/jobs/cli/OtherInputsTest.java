package dev.retort.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Another recipe, or other data under the same path, with the run id of an earlier run. */
class OtherInputsTest {
  private static final String STEPS =
      "steps=[{quantize: {calibration: {samples: 64, range: minmax}, ops: []}}]";

  @TempDir private Path folder;

  private SmallTask task;

  @BeforeEach
  void writeTask() {
    task = SmallTask.in(folder);
  }

  @ParameterizedTest
  @ValueSource(strings = {"compress", "label", "calibrate"})
  void anotherRecipeIsRefusedByEveryCommand(String command) {
    Command first = run(command);
    Command other = run(command, "--set", "seed=7");
    Command same = run(command);

    assertThat(first.exitCode()).as(first.err()).isZero();
    assertThat(other.exitCode()).isEqualTo(2);
    assertThat(other.err())
        .contains("Cannot run r", ": the recipe is another than that of the run in ", "--run-id");
    assertThat(same.exitCode()).as(same.err()).isZero();
  }

  @Test
  void labelsAndRangesOfOtherDataAreMadeAnew() throws IOException {
    String labels = run("label").out();
    String ranges = run("calibrate").out();

    replaceData();

    assertThat(run("label").out()).isNotEqualTo(labels);
    assertThat(run("calibrate").out()).isNotEqualTo(ranges);
  }

  @Test
  void aFinishedRunIsNotTheResultOfOtherDataAndAnotherRunOfItIs() throws IOException {
    Command first = run("compress");

    replaceData();
    Command same = run("compress");
    Command other = task.run("compress", "--set", STEPS, "--run-id", "other");

    assertThat(first.exitCode()).as(first.err()).isZero();
    assertThat(same.exitCode()).isEqualTo(2);
    assertThat(same.err())
        .contains("Cannot run r: the files of data.t", "are others than when the run", "--run-id");
    assertThat(other.exitCode()).as(other.err()).isZero();
    assertThat(Files.readString(sources("other"))).isNotEqualTo(Files.readString(sources("r")));
    assertThat(task.result("other")).containsPattern("\"ingest train\",\\s*\"seconds\"");
  }

  /** As a tool that copies times would: the length and the time of modification are the same. */
  private void replaceData() throws IOException {
    Path rows = folder.resolve("rows.jsonl");
    FileTime time = Files.getLastModifiedTime(rows);
    long length = Files.size(rows);
    task.write(
        "rows.jsonl",
        SmallTask.goodRows()
            .map(row -> row.replace(", 1, 2, 3]", ", 4, 5, 6]"))
            .collect(Collectors.joining()));
    Files.setLastModifiedTime(rows, time);
    assertThat(Files.size(rows)).isEqualTo(length);
    assertThat(Files.getLastModifiedTime(rows)).isEqualTo(time);
  }

  private Path sources(String runId) {
    return task.work().resolve("runs").resolve(runId).resolve("sources.json");
  }

  private Command run(String command, String... more) {
    String[] options = new String[more.length + 4];
    options[0] = "--set";
    options[1] = STEPS;
    options[2] = "--run-id";
    options[3] = "r";
    System.arraycopy(more, 0, options, 4, more.length);
    return task.run(command, options);
  }
}
