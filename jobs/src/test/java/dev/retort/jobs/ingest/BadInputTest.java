package dev.retort.jobs.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.data.InputSpec;
import dev.retort.data.LabelSpec;
import dev.retort.data.SampleColumns;
import dev.retort.error.ExitCode;
import dev.retort.error.UserError;
import dev.retort.recipe.DataSettings;
import dev.retort.recipe.DataSettings.Format;
import dev.retort.recipe.DataSettings.Validation;
import dev.retort.tensor.ElementType;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BadInputTest {
  @TempDir Path folder;

  @Test
  void aMissingColumnIsNamedWithTheNearestExistingOne() {
    Path data = parquet(Fixture.images(10));
    SampleColumns columns =
        columns(InputSpec.of("image", "imgae", ElementType.UINT8, 1, 4, 4), "label", 10);

    assertInputError(
        () -> ingest(Format.PARQUET, data, columns),
        "column imgae is missing, must be one of its 3 columns; the nearest is image");
    SampleColumns wrongLabel = columns(Fixture.COLUMNS.inputs().get(0), "labels", 10);
    assertInputError(() -> ingest(Format.PARQUET, data, wrongLabel), "column labels is missing");
  }

  @Test
  void aMissingPathIsNamed() {
    assertInputError(
        () -> ingest(Format.PARQUET, folder.resolve("nothing"), Fixture.COLUMNS),
        "Cannot read data: data.train.path is",
        "nothing, must be a file or a folder with files");
  }

  @Test
  void dataOnAnObjectStoreNeedsItsJar() {
    IngestRequest request =
        IngestRequest.of(
            "train",
            new DataSettings.Source(Format.PARQUET, "s3a://bucket/train", new TreeMap<>()),
            Fixture.COLUMNS);

    assertThatThrownBy(() -> Fixture.ingest(request, folder.resolve("work")))
        .isInstanceOfSatisfying(
            UserError.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessageContaining("Cannot list s3a://bucket/train: the jars for the scheme")
        .hasMessageContaining("add --packages org.apache.hadoop:hadoop-aws:");
  }

  @Test
  void anEmptyDataSetIsRefused() {
    Path data = parquet(List.of());

    assertInputError(
        () -> ingest(Format.PARQUET, data, Fixture.COLUMNS),
        "Cannot ingest train:",
        "has no rows, must have at least one");
  }

  @Test
  void badRowsAreListedInASideFileAndCounted() throws IOException {
    List<Row> rows = new ArrayList<>(Fixture.images(97));
    rows.add(RowFactory.create(new byte[15], 1, "short"));
    rows.add(RowFactory.create(null, 1, "none"));
    rows.add(RowFactory.create(new byte[16], 10, "outside"));
    Path data = parquet(rows);
    SampleColumns named =
        new SampleColumns(Fixture.COLUMNS.inputs(), Fixture.COLUMNS.label(), Optional.of("name"));
    IngestRequest strict = IngestRequest.of("train", Fixture.source(Format.PARQUET, data), named);

    assertInputError(
        () -> Fixture.ingest(strict, folder.resolve("strict")),
        "Cannot ingest train: 3 of 100 rows are bad, must be at most 0.0 %",
        "image has 15 bytes, must have 16 (UINT8[1x4x4])",
        "image is null",
        "label is 10, must be 0 to 9",
        "bad-rows.jsonl; mend them or raise data.max-bad-fraction");

    IngestResult result = Fixture.ingest(strict.withMaxBadFraction(0.03), folder.resolve("work"));
    assertThat(result.data().samples()).isEqualTo(97);
    assertThat(result.counts().rows()).isEqualTo(100);
    assertThat(result.counts().badRows()).isEqualTo(3);
    List<String> lines =
        Files.readAllLines(Path.of(java.net.URI.create(result.counts().badRowsFile())));
    assertThat(lines).hasSize(3).allMatch(line -> line.contains(".parquet row "));
    assertThat(lines).anyMatch(line -> line.contains("\"id\":\"outside\""));
  }

  @Test
  void oneBadRowTooManyFails() {
    List<Row> rows = new ArrayList<>(Fixture.images(98));
    rows.add(RowFactory.create(new byte[15], 1, "a"));
    rows.add(RowFactory.create(new byte[15], 1, "b"));
    IngestRequest request = Fixture.parquet(parquet(rows)).withMaxBadFraction(0.019);

    assertInputError(
        () -> Fixture.ingest(request, folder.resolve("work")), "2 of 100 rows are bad");
  }

  @Test
  void onlyBadRowsAreNoDataEvenIfAllMayBeBad() {
    Path data = parquet(List.of(RowFactory.create(new byte[15], 1, "a")));
    IngestRequest request = Fixture.parquet(data).withMaxBadFraction(1);

    assertInputError(() -> Fixture.ingest(request, folder.resolve("work")), "1 of 1 rows are bad");
  }

  @Test
  void notANumberIsBad() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("values.csv"), "x,label\n1.5;2,0\nNaN;2,1\n3;4,x\nsix;4,1\n1;2;3,1\n");
    SampleColumns columns = columns(InputSpec.of("x", "x", ElementType.FLOAT32, 2), "label", 2);
    DataSettings.Source source = Fixture.source(Format.CSV, file, Map.of("header", "true"));
    IngestRequest request = IngestRequest.of("train", source, columns).withMaxBadFraction(0.5);

    assertInputError(
        () -> Fixture.ingest(request, folder.resolve("work")),
        "4 of 5 rows are bad",
        "values.csv row 2: x[0] is NaN, must be finite",
        "values.csv row 3: label is \"x\", must be a number",
        "values.csv row 4: x[0] is \"six\", must be a number");
  }

  @Test
  void linesThatAreNoJsonAreBad() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("rows.jsonl"), "{\"x\": [1, 2], \"label\": 0}\n{\"x\": [1, \n");
    SampleColumns columns = columns(InputSpec.of("x", "x", ElementType.INT32, 2), "label", 2);

    assertInputError(
        () -> ingest(Format.JSON, file, columns),
        "rows.jsonl row 2: the line cannot be parsed: {\"x\": [1,");
  }

  @Test
  void nestedArraysMustHaveTheShape() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("rows.jsonl"), "{\"x\": [[1, 2, 3], [4, 5, 6]], \"label\": 0}\n");
    SampleColumns columns = columns(InputSpec.of("x", "x", ElementType.INT32, 3, 2), "label", 2);

    assertInputError(
        () -> ingest(Format.JSON, file, columns), "x has size 2 on axis 0, must have [3x2]");
  }

  @Test
  void aColumnOfAnotherKindIsRefused() throws IOException {
    Path file =
        Files.writeString(folder.resolve("rows.jsonl"), "{\"x\": {\"y\": 1}, \"label\": 0}\n");
    SampleColumns columns = columns(InputSpec.of("x", "x", ElementType.INT32, 1), "label", 2);

    assertInputError(
        () -> ingest(Format.JSON, file, columns),
        "column x is STRUCT<y: BIGINT>, must be numbers, arrays of numbers, text or binary");
  }

  @Test
  void aTruncatedParquetFileIsNamed() throws IOException {
    Path data = parquet(Fixture.images(100));
    Path file = firstFile(data);
    try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
      cut.setLength(cut.length() - 100);
    }

    assertInputError(
        () -> ingest(Format.PARQUET, data, Fixture.COLUMNS),
        file.getFileName() + ": it is no complete Parquet file");
  }

  @Test
  void aDamagedParquetPageIsAnErrorOfTheData() throws IOException {
    Path data = parquet(Fixture.images(2_000));
    Path file = firstFile(data);
    byte[] bytes = Files.readAllBytes(file);
    for (int i = 4; i < 60; i++) {
      bytes[i] ^= 0x55;
    }
    Files.write(file, bytes);

    assertInputError(
        () -> ingest(Format.PARQUET, data, Fixture.COLUMNS), "Cannot read PARQUET data in");
  }

  @Test
  void imagesThatCannotBeDecodedAreBad() throws IOException {
    for (int label = 0; label < 2; label++) {
      Path classFolder = Files.createDirectories(folder.resolve("images/" + label));
      Files.write(classFolder.resolve("broken.png"), new byte[] {1, 2, 3});
    }
    SampleColumns two = columns(Fixture.COLUMNS.inputs().get(0), "label", 2);

    assertInputError(
        () -> ingest(Format.IMAGES, folder.resolve("images"), two),
        "2 of 2 rows are bad",
        "image is 3 bytes of no known image format");
    assertInputError(
        () -> ingest(Format.IMAGES, folder.resolve("images"), Fixture.COLUMNS),
        "it has 2 class folders, must have 10 (data.label.classes)");
  }

  @Test
  void brokenIdxFilesAreNamed() throws IOException {
    ByteBuffer images = ByteBuffer.allocate(16 + 31);
    images.putInt(0x0803).putInt(2).putInt(4).putInt(4);
    Files.write(folder.resolve("images.idx"), images.array());
    Files.write(folder.resolve("labels.idx"), new byte[] {0, 0, 8, 1, 0, 0, 0, 2, 0, 1});

    assertInputError(
        () -> ingest(Format.IDX, folder.resolve("images.idx"), Fixture.COLUMNS),
        "images.idx: it ends before its 2 items of 16 elements; get a complete file");
    Files.write(folder.resolve("labels.idx"), new byte[] {0, 0, 8, 1, 0, 0, 0, 1, 0});
    assertInputError(
        () -> ingest(Format.IDX, folder.resolve("images.idx"), Fixture.COLUMNS),
        "labels.idx: it has 1 labels, must have 2, one an item of ");
  }

  @Test
  void whatIsNoParquetFileIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("text.parquet"), "no Parquet at all");

    assertInputError(
        () -> ingest(Format.PARQUET, file, Fixture.COLUMNS),
        "text.parquet: it is no complete Parquet file");
  }

  @Test
  void aValidationSplitNeedsEnoughSamples() {
    IngestRequest request =
        Fixture.parquet(parquet(Fixture.images(4))).withValidation(new Validation(0.1, 7));

    assertInputError(
        () -> Fixture.ingest(request, folder.resolve("work")),
        "has 4 samples, must have enough for a fraction of 0.1");
  }

  private IngestResult ingest(Format format, Path path, SampleColumns columns) {
    IngestRequest request = IngestRequest.of("train", Fixture.source(format, path), columns);
    return Fixture.ingest(request, folder.resolve("work"));
  }

  private Path parquet(List<Row> rows) {
    Path data = folder.resolve("data");
    Fixture.writeParquet(rows, 1, data);
    return data;
  }

  private static Path firstFile(Path data) throws IOException {
    try (Stream<Path> files = Files.list(data)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(data.resolve("." + file.getFileName() + ".crc"));
      }
    }
    try (Stream<Path> files = Files.list(data)) {
      return files.filter(f -> f.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
  }

  private static SampleColumns columns(InputSpec input, String label, int classes) {
    return new SampleColumns(
        List.of(input), Optional.of(new LabelSpec(label, classes)), Optional.empty());
  }

  private static void assertInputError(ThrowingCallable call, String... parts) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            UserError.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.INPUT))
        .hasMessageContainingAll(parts);
  }
}
