package dev.retort.jobs.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.data.DatasetDescriptor;
import dev.retort.data.InputSpec;
import dev.retort.data.LabelSpec;
import dev.retort.data.SampleColumns;
import dev.retort.provenance.Sha256;
import dev.retort.recipe.DataSettings;
import dev.retort.recipe.DataSettings.Format;
import dev.retort.tensor.ElementType;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same samples give the same data set, whatever files they come from. */
class FormatsTest {
  private static final int PIXELS = Fixture.SIZE * Fixture.SIZE;

  @TempDir Path folder;
  private final List<Row> rows = Fixture.images(150);
  private Sha256 expected;

  @BeforeEach
  void ingestParquet() {
    Fixture.writeParquet(rows, 2, folder.resolve("parquet"));
    expected =
        Fixture.ingest(Fixture.parquet(folder.resolve("parquet")), folder.resolve("work"))
            .data()
            .contentHash();
  }

  @Test
  void orcIsRead() {
    Fixture.table(rows, Fixture.TABLE, 2).write().orc(folder.resolve("orc").toString());

    assertThat(hash(Fixture.source(Format.ORC, folder.resolve("orc")), "image"))
        .isEqualTo(expected);
  }

  @Test
  void csvHasOneColumnWithValuesOrOneAValue() throws IOException {
    String header =
        "label,"
            + IntStream.range(0, PIXELS).mapToObj(i -> "p" + i).collect(Collectors.joining(","));
    Path wide = write("wide.csv", header, row -> row.getInt(1) + "," + numbers(row, ","));
    Path narrow =
        write("narrow.csv", "image,label", row -> numbers(row, " ") + "," + row.getInt(1));
    Map<String, String> options = Map.of("header", "true");

    assertThat(hash(Fixture.source(Format.CSV, wide, options), "p0..p15")).isEqualTo(expected);
    assertThat(hash(Fixture.source(Format.CSV, narrow, options), "image")).isEqualTo(expected);
  }

  @Test
  void jsonLinesHoldFlatOrNestedArrays() throws IOException {
    Path flat =
        write(
            "flat.jsonl",
            null,
            row -> "{\"image\": [%s], \"label\": %d}".formatted(numbers(row, ","), row.getInt(1)));
    Path nested =
        write(
            "nested.jsonl",
            null,
            row -> "{\"image\": [%s], \"label\": %d}".formatted(nested(row), row.getInt(1)));

    assertThat(hash(Fixture.source(Format.JSON, flat), "image")).isEqualTo(expected);
    assertThat(hash(Fixture.source(Format.JSON, nested), "image")).isEqualTo(expected);
  }

  @Test
  void parquetHoldsArraysOfNumbersToo() {
    List<Row> arrays =
        rows.stream().map(row -> RowFactory.create(shorts(row), (double) row.getInt(1))).toList();
    StructType schema =
        new StructType()
            .add("image", DataTypes.createArrayType(DataTypes.ShortType))
            .add("label", DataTypes.DoubleType);
    Fixture.table(arrays, schema, 2).write().parquet(folder.resolve("arrays").toString());

    assertThat(hash(Fixture.source(Format.PARQUET, folder.resolve("arrays")), "image"))
        .isEqualTo(expected);
  }

  @Test
  void imageFoldersGiveTheLabelByTheirName() throws IOException {
    for (Row row : rows) {
      Path classFolder = folder.resolve("images/class-" + row.getInt(1));
      Files.createDirectories(classFolder);
      ImageIO.write(image(row), "png", classFolder.resolve(row.getString(2) + ".png").toFile());
    }

    assertThat(hash(Fixture.source(Format.IMAGES, folder.resolve("images")), "content"))
        .isEqualTo(expected);
  }

  @Test
  void encodedImagesInATableAreDecoded() {
    List<Row> encoded =
        rows.stream().map(row -> RowFactory.create(png(row), row.getInt(1), "")).toList();
    Fixture.writeParquet(encoded, 2, folder.resolve("encoded"));

    assertThat(hash(Fixture.source(Format.PARQUET, folder.resolve("encoded")), "image"))
        .isEqualTo(expected);
  }

  @Test
  void idxFilesComeInPairs() throws IOException {
    Path images = folder.resolve("idx/train-images-idx3-ubyte.gz");
    Files.createDirectories(images.getParent());
    try (DataOutputStream out = zipped(images)) {
      out.writeInt(0x0803);
      out.writeInt(rows.size());
      out.writeInt(Fixture.SIZE);
      out.writeInt(Fixture.SIZE);
      for (Row row : rows) {
        out.write(row.<byte[]>getAs(0));
      }
    }
    try (DataOutputStream out = zipped(folder.resolve("idx/train-labels-idx1-ubyte.gz"))) {
      out.writeInt(0x0801);
      out.writeInt(rows.size());
      for (Row row : rows) {
        out.write(row.getInt(1));
      }
    }

    assertThat(hash(Fixture.source(Format.IDX, images), "image")).isEqualTo(expected);
    assertThat(hash(Fixture.source(Format.IDX, images.getParent()), "image")).isEqualTo(expected);
    assertThat(
            hash(
                Fixture.source(
                    Format.IDX,
                    images,
                    Map.of("labels", images.getParent() + "/train-labels-idx1-ubyte.gz")),
                "image"))
        .isEqualTo(expected);
  }

  @Test
  void aSampleMayHaveSeveralInputs() {
    SampleColumns two =
        new SampleColumns(
            List.of(
                InputSpec.of("image", "image", ElementType.UINT8, PIXELS),
                InputSpec.of("age", "label", ElementType.FLOAT32)),
            Optional.empty(),
            Optional.of("name"));
    IngestRequest request =
        IngestRequest.of("two", Fixture.source(Format.PARQUET, folder.resolve("parquet")), two);

    DatasetDescriptor data = Fixture.ingest(request, folder.resolve("two")).data();

    assertThat(data.samples()).isEqualTo(150);
    assertThat(data.inputs()).hasSize(2);
    assertThat(data.idColumn()).isEqualTo("name");
  }

  @Test
  void theIdentityOfASourceIsThatOfItsFiles() throws IOException {
    var configuration = dev.retort.jobs.SparkTest.context().hadoopConfiguration();
    IngestRequest request = Fixture.parquet(folder.resolve("parquet"));
    SourceFiles before = SourceFiles.of(request, configuration);
    assertThat(before.files()).hasSize(2).allMatch(file -> file.path().endsWith(".parquet"));
    assertThat(SourceFiles.of(request, configuration).identity()).isEqualTo(before.identity());

    Files.copy(
        Path.of(java.net.URI.create(before.files().get(0).path())),
        folder.resolve("parquet/more.parquet"));

    SourceFiles after = SourceFiles.of(request, configuration);
    assertThat(after.identity()).isNotEqualTo(before.identity());
    assertThat(after.lengthBytes()).isGreaterThan(before.lengthBytes());
  }

  private Sha256 hash(DataSettings.Source source, String column) {
    SampleColumns columns =
        new SampleColumns(
            List.of(
                InputSpec.of("image", column, ElementType.UINT8, 1, Fixture.SIZE, Fixture.SIZE)),
            Optional.of(new LabelSpec("label", Fixture.CLASSES)),
            Optional.empty());
    IngestRequest request = IngestRequest.of("train", source, columns);
    return Fixture.ingest(request, folder.resolve("work-" + column + source.hashCode()))
        .data()
        .contentHash();
  }

  private interface Line {
    String of(Row row);
  }

  private Path write(String name, String header, Line line) throws IOException {
    StringBuilder text = new StringBuilder(header == null ? "" : header + "\n");
    rows.forEach(row -> text.append(line.of(row)).append('\n'));
    return Files.writeString(folder.resolve(name), text);
  }

  private static Short[] shorts(Row row) {
    byte[] image = row.getAs(0);
    return IntStream.range(0, image.length)
        .mapToObj(i -> (short) Byte.toUnsignedInt(image[i]))
        .toArray(Short[]::new);
  }

  private static String numbers(Row row, String separator) {
    return Arrays.stream(shorts(row)).map(Object::toString).collect(Collectors.joining(separator));
  }

  private static String nested(Row row) {
    Short[] pixels = shorts(row);
    return IntStream.range(0, Fixture.SIZE)
        .mapToObj(
            y ->
                IntStream.range(0, Fixture.SIZE)
                    .mapToObj(x -> pixels[y * Fixture.SIZE + x].toString())
                    .collect(Collectors.joining(",", "[", "]")))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static BufferedImage image(Row row) {
    BufferedImage image =
        new BufferedImage(Fixture.SIZE, Fixture.SIZE, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setDataElements(0, 0, Fixture.SIZE, Fixture.SIZE, row.<byte[]>getAs(0));
    return image;
  }

  private static byte[] png(Row row) {
    try (ByteArrayOutputStream out = new ByteArrayOutputStream()) {
      ImageIO.write(image(row), "png", out);
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DataOutputStream zipped(Path file) throws IOException {
    OutputStream out = Files.newOutputStream(file);
    return new DataOutputStream(new GZIPOutputStream(out));
  }
}
