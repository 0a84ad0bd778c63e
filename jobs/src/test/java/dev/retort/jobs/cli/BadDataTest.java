package dev.retort.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.jobs.SparkTest;
import dev.retort.jobs.run.Json;
import dev.retort.jobs.stage.RunResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Data that a run must refuse: the command ends with exit code 3 and a message of one line that
 * names file, column or row and the remedy, and says the same in {@code result.json}.
 */
class BadDataTest {
  private static final String FOUR = "[1, 2, 3, 4]";
  private static final String MEND = "mend them or raise data.max-bad-fraction";

  @TempDir private static Path folder;

  private static SmallTask task;
  private static byte[] parquet;

  /**
   * A bad data set.
   *
   * @param file its name; the suffix is the format
   * @param overrides of the recipe, besides format and path
   * @param parts what the message must have
   */
  private record Bad(
      String kind, String file, ByteBuffer content, List<String> overrides, List<String> parts) {
    Bad with(String override) {
      return new Bad(kind, file, content, List.of(override), parts);
    }

    Bad says(String... words) {
      return new Bad(kind, file, content, overrides, List.of(words));
    }

    @Override
    public String toString() {
      return kind;
    }
  }

  @BeforeAll
  static void makeSoundTask() throws IOException {
    task = SmallTask.in(folder);
    Path written = folder.resolve("written");
    SparkTest.session()
        .read()
        .json(folder.resolve("rows.jsonl").toString())
        .coalesce(1)
        .write()
        .parquet(written.toString());
    try (Stream<Path> files = Files.list(written)) {
      Path file = files.filter(f -> f.toString().endsWith(".parquet")).findFirst().orElseThrow();
      parquet = Files.readAllBytes(file);
    }
  }

  @Test
  void soundDataIsTaken() throws IOException {
    Files.write(folder.resolve("sound.parquet"), parquet);

    Command command = task.run("compress", "--run-id", "sound", "--set", source("sound.parquet"));

    assertThat(command.err()).isEmpty();
    assertThat(command.exitCode()).isZero();
  }

  @ParameterizedTest
  @MethodSource("badData")
  void badDataIsRefused(Bad bad) throws IOException {
    Files.write(folder.resolve(bad.file()), bad.content().array());
    String runId = bad.file().replace('.', '-');
    List<String> args = new ArrayList<>(List.of("--run-id", runId, "--set", source(bad.file())));
    bad.overrides().forEach(override -> args.addAll(List.of("--set", override)));

    Command command = task.run("compress", args.toArray(String[]::new));

    assertThat(command.exitCode()).as(command.err()).isEqualTo(3);
    assertThat(command.err()).startsWith("Cannot ").contains(bad.parts());
    assertThat(command.err().lines()).hasSize(1);
    assertThat(command.out()).isEmpty();
    RunResult result = Json.read(task.result(runId), RunResult.class);
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.message()).isEqualTo(command.err().strip());
  }

  static Stream<Bad> badData() {
    byte[] damaged = parquet.clone();
    for (int i = 4; i < 60; i++) {
      damaged[i] ^= 0x55;
    }
    return Stream.of(
        rows("a column that is not there", "column.json", goodRows())
            .with("data.inputs.x.column=xx")
            .says("column xx is missing, must be one of its 2 columns; the nearest is x"),
        rows("a label column that is not there", "label.json", goodRows())
            .with("data.label.column=labels")
            .says("column labels is missing", "the nearest is label"),
        rows("another shape", "shape.json", goodRows() + SmallTask.row("[1, 2, 3]", 0))
            .says("shape.json row 201: x has size 3 on axis 0, must have [4]", MEND),
        rows("null", "null.json", goodRows() + SmallTask.row("null", 0))
            .says("1 of 201 rows are bad", "null.json row 201: x is null", MEND),
        rows("null inside", "inner.json", goodRows() + SmallTask.row("[1, null, 2, 3]", 1))
            .says("inner.json row 201: x", "null", MEND),
        rows("no label", "nolabel.json", goodRows() + SmallTask.row("[1, 2, 3, 4]", "null"))
            .says("nolabel.json row 201: label is null", MEND),
        rows("NaN", "nan.json", goodRows() + SmallTask.row("[1, NaN, 2, 3]", 1))
            .says("nan.json row 201: x[1] is NaN, must be finite", MEND),
        rows("an infinity", "infinity.json", goodRows() + SmallTask.row("[1, Infinity, 2, 3]", 1))
            .says("infinity.json row 201: x[1] is Infinity, must be finite", MEND),
        rows("a label outside of the classes", "class.json", goodRows() + SmallTask.row(FOUR, 2))
            .says("class.json row 201: label is 2, must be 0 to 1", MEND),
        rows("a label below the classes", "minus.json", goodRows() + SmallTask.row(FOUR, -1))
            .says("minus.json row 201: label is -1, must be 0 to 1", MEND),
        rows("a line that is no JSON", "line.json", goodRows() + "{\"x\": [1,\n")
            .says("line.json row 201: the line cannot be parsed", MEND),
        rows("no rows, only a header", "header.csv", "x,label\n")
            .with("data.train.options={header: 'true'}")
            .says("header.csv has no rows, must have at least one"),
        rows("an empty file", "empty.json", "")
            .says("empty.json: column x is missing, must be one of its 0 columns"),
        rows("too few rows to split", "few.json", SmallTask.row(FOUR, 0))
            .says("few.json has 1 samples, must have enough", "set data.validation.fraction"),
        rows("a file that is not there", "there.json", "")
            .with("data.train.path=%s".formatted(folder.resolve("elsewhere.json")))
            .says("path is ", "elsewhere.json, must be a file or a folder", "check the path"),
        file("a truncated Parquet file", "cut.parquet", Arrays.copyOf(parquet, parquet.length - 50))
            .says("cut.parquet: it is no complete Parquet file", "get a whole copy or remove it"),
        file("no Parquet file at all", "text.parquet", bytes("no Parquet at all"))
            .says("text.parquet: it is no complete Parquet file", "get a whole copy or remove it"),
        file("an empty Parquet file", "nothing.parquet", new byte[0])
            .says("nothing.parquet: it is no complete Parquet file", "get a whole copy"),
        file("a damaged Parquet page", "page.parquet", damaged)
            .says("Cannot read PARQUET data in", "page.parquet", "check the files and the format"));
  }

  private static String goodRows() {
    return SmallTask.goodRows().collect(Collectors.joining());
  }

  private static Bad rows(String kind, String file, String text) {
    return file(kind, file, bytes(text));
  }

  private static Bad file(String kind, String file, byte[] content) {
    return new Bad(kind, file, ByteBuffer.wrap(content), List.of(), List.of());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String source(String file) {
    String format = file.substring(file.lastIndexOf('.') + 1);
    return "data.train={format: %s, path: '%s'}".formatted(format, folder.resolve(file));
  }
}
