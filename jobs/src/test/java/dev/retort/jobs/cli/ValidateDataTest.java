package dev.retort.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.jobs.SparkTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Data that {@code validate} refuses before any job, in the words of {@code compress}. */
class ValidateDataTest {
  @TempDir private static Path folder;

  private static SmallTask task;

  @BeforeAll
  static void writeData() throws IOException {
    task = SmallTask.in(folder);
    for (String format : List.of("parquet", "orc")) {
      SparkTest.session()
          .read()
          .json(folder.resolve("rows.jsonl").toString())
          .repartition(2)
          .write()
          .format(format)
          .save(folder.resolve(format).toString());
      SparkTest.session()
          .read()
          .json(folder.resolve("rows.jsonl").toString())
          .withColumn("label", functions.lit("2026-01-01").cast("date"))
          .write()
          .format(format)
          .save(folder.resolve("dated-" + format).toString());
    }
    Files.createDirectories(folder.resolve("empty"));
    Files.createDirectories(folder.resolve("cut"));
    try (Stream<Path> files = Files.list(folder.resolve("parquet"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".parquet")).toList()) {
        byte[] whole = Files.readAllBytes(file);
        boolean second = Files.exists(folder.resolve("cut/a.parquet"));
        Files.write(
            folder.resolve(second ? "cut/b.parquet" : "cut/a.parquet"),
            second ? Arrays.copyOf(whole, whole.length - 50) : whole);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "parquet | parquet | the footers of the first 2 are whole and have the columns",
        "orc | orc | the footers of the first 2 are whole and have the columns",
        "json | rows.jsonl | the first 1 begin like text",
      })
  void soundDataIsFoundToBeThere(String format, String data, String said) {
    Command command = task.run("validate", "--set", source("train", format, data));

    assertThat(command.exitCode()).as(command.err()).isZero();
    assertThat(command.out()).contains("data.train is there: ", said, "The recipe is valid");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "parquet | parquet | data.inputs.x.column=xx | column xx is missing, must be one of its 2"
            + " columns; the nearest is x",
        "orc | orc | data.label.column=lable | column lable is missing, must be one of its 2"
            + " columns; the nearest is label",
        "parquet | parquet | data.id=name | column name is missing",
        "parquet | cut | seed=1 | cut/b.parquet: it is no complete Parquet file",
        "csv | parquet | seed=2 | it is a Parquet file, must be text in CSV; correct"
            + " data.train.format or the path",
        "json | orc | seed=3 | it is an ORC file, must be text in JSON; correct data.train.format",
        "orc | parquet | seed=4 | it is no complete ORC file",
        "parquet | dated-parquet | seed=6 | column label is DATE, must be numbers, arrays of"
            + " numbers, text or binary",
        "orc | dated-orc | seed=7 | column label is DATE, must be numbers, arrays of",
        "parquet | empty | seed=5 | data.train.path is ",
      })
  void badDataIsRefusedInTheWordsOfCompress(
      String format, String data, String override, String said) {
    String[] args = {"--set", source("train", format, data), "--set", override};

    Command validated = task.run("validate", args);

    assertThat(validated.exitCode()).as(validated.out()).isEqualTo(3);
    assertThat(validated.err()).startsWith("Cannot read ").contains(said);
    assertThat(validated.err().lines()).hasSize(1);
    assertThat(task.run("compress", args).err()).isEqualTo(validated.err());
  }

  @Test
  void anEmptyFolderIsNamedWithItsKeyByEveryCommand() {
    List<String> messages = new ArrayList<>();
    for (String command : List.of("validate", "plan", "compress")) {
      Command refused = task.run(command, "--set", source("test", "parquet", "empty"));
      assertThat(refused.exitCode()).isEqualTo(3);
      messages.add(refused.err());
    }
    assertThat(messages)
        .containsOnly(
            "Cannot read data: data.test.path is %s, must be a file or a folder with files; check the path%n"
                .formatted(folder.resolve("empty")));
  }

  @Test
  void columnsOfFoldersCount() throws IOException {
    for (int label : List.of(0, 1)) {
      Path part = Files.createDirectories(folder.resolve("parted/class=" + label));
      Files.copy(folder.resolve("cut/a.parquet"), part.resolve("a.parquet"));
    }

    Command command =
        task.run(
            "validate",
            "--set",
            source("train", "parquet", "parted"),
            "--set",
            source("test", "parquet", "parted"),
            "--set",
            "data.label.column=class");

    assertThat(command.exitCode()).as(command.err()).isZero();
  }

  private static String source(String side, String format, String name) {
    return "data.%s={format: %s, path: '%s'}".formatted(side, format, folder.resolve(name));
  }
}
