package dev.retort.jobs.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.data.InputSpec;
import dev.retort.data.LabelSpec;
import dev.retort.data.SampleColumns;
import dev.retort.data.ShardBuffers;
import dev.retort.data.ShardReader;
import dev.retort.data.TokenLengths;
import dev.retort.data.TokenSequences;
import dev.retort.data.TokenizerFile;
import dev.retort.error.UserError;
import dev.retort.jobs.SparkTest;
import dev.retort.jobs.TextModels;
import dev.retort.jobs.run.StageStore;
import dev.retort.recipe.DataSettings;
import dev.retort.recipe.DataSettings.Format;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SaveMode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The tokenizer gives 2, then letters as 4 on and letters inside words as 30 on, then 3. */
class TextIngestTest {
  private static final int MAX_LENGTH = 6;

  @TempDir private Path folder;
  private TokenizerFile tokenizer;

  @BeforeEach
  void readTokenizer() {
    tokenizer = TokenizerFile.read(TextModels.writeTokenizer(folder.resolve("tokenizer.json")));
  }

  @Test
  void textsAreStoredAsTheirTokens() throws IOException {
    write("rows.jsonl", row("Ab c", 0), row("", 1), row("abcdefgh", 2));
    IngestRequest request = request(Format.JSON, "text", 0);

    IngestResult result = Fixture.ingest(request, folder.resolve("work"));

    assertThat(stored(request, result))
        .containsExactlyInAnyOrder("0: 2 4 31 6 3", "1: 2 3", "2: 2 4 31 32 33 3");
    assertThat(result.data().lengths()).isEqualTo(new TokenLengths(3, 13, 5, 6, 1));
  }

  @Test
  void theStoredTextsDoNotDependOnFilesOrPartitions() throws IOException {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      rows.add(row("abc ".repeat(i % 4) + Integer.toString(i, 36), i % 3));
    }
    write("a.jsonl", rows.toArray(String[]::new));
    IngestResult one = Fixture.ingest(request(Format.JSON, "text", 0), folder.resolve("one"));
    Files.delete(folder.resolve("data/a.jsonl"));
    write("b.jsonl", rows.subList(0, 50).toArray(String[]::new));
    write("c.jsonl", rows.subList(50, 200).toArray(String[]::new));
    IngestResult two =
        Fixture.ingest(request(Format.JSON, "text", 0).withPartitions(3), folder.resolve("two"));

    assertThat(two.data()).isEqualTo(one.data());
  }

  @Test
  void aNullTextIsABadRow() throws IOException {
    write("rows.jsonl", row("ab", 0), "{\"text\": null, \"label\": 1}", "{\"label\": 2}");

    assertThatThrownBy(
            () -> Fixture.ingest(request(Format.JSON, "text", 0), folder.resolve("strict")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("2 of 3 rows are bad")
        .hasMessageContaining("text is null");
    IngestResult result = Fixture.ingest(request(Format.JSON, "text", 0.7), folder.resolve("work"));
    assertThat(result.data().lengths().texts()).isEqualTo(1);
    assertThat(result.counts().badRows()).isEqualTo(2);
  }

  @Test
  void aColumnOfAnotherTypeIsRefused() throws IOException {
    write("rows.jsonl", "{\"text\": 5, \"label\": 1}");

    assertThatThrownBy(
            () -> Fixture.ingest(request(Format.JSON, "text", 0), folder.resolve("work")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("column text is BIGINT, must be text (STRING) for its tokenizer;");
    assertThatThrownBy(
            () -> Fixture.ingest(request(Format.JSON, "txet", 0), folder.resolve("work")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("column txet is missing")
        .hasMessageContaining("the nearest is text");
  }

  @ParameterizedTest
  @EnumSource(
      value = Format.class,
      names = {"PARQUET", "ORC"})
  void aColumnOfAnotherTypeIsSeenInTheFooter(Format format) throws IOException {
    write("rows.jsonl", row("ab", 0));
    SparkTest.session()
        .read()
        .json(folder.resolve("data").toString())
        .write()
        .format(format.name())
        .mode(SaveMode.Overwrite)
        .save(folder.resolve("table").toString());
    Path table = folder.resolve("table");

    assertThat(SourceCheck.check(request(format, table, "text"), new Configuration()))
        .contains("have the columns");
    assertThatThrownBy(
            () -> SourceCheck.check(request(format, table, "label"), new Configuration()))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot read %s: column label is BIGINT, must be text (STRING) for its tokenizer; name the column of the texts",
            table);
  }

  private IngestRequest request(Format format, Path folder, String column) {
    return request(Fixture.source(format, folder, Map.of()), column, 0);
  }

  @Test
  void imagesHaveNoText() throws IOException {
    write("rows.jsonl", row("ab", 0));

    assertThatThrownBy(
            () -> Fixture.ingest(request(Format.IMAGES, "text", 0), folder.resolve("work")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the format is images, must be one with columns");
  }

  private void write(String file, String... rows) throws IOException {
    Path data = Files.createDirectories(folder.resolve("data"));
    Files.writeString(data.resolve(file), String.join("\n", rows) + "\n");
  }

  private static String row(String text, int label) {
    return "{\"text\": \"%s\", \"label\": %d}".formatted(text, label);
  }

  private IngestRequest request(Format format, String column, double maxBadFraction) {
    return request(
        Fixture.source(format, folder.resolve("data"), Map.of()), column, maxBadFraction);
  }

  private IngestRequest request(DataSettings.Source source, String column, double maxBadFraction) {
    SampleColumns columns =
        new SampleColumns(
            List.of(InputSpec.ofText(column, tokenizer.spec(MAX_LENGTH))),
            Optional.of(new LabelSpec("label", 3)),
            Optional.empty());
    return new IngestRequest(
        "train",
        source,
        columns,
        Optional.of(tokenizer),
        new TreeMap<>(),
        maxBadFraction,
        Optional.empty(),
        0);
  }

  /** Label and ids of each sample. */
  private List<String> stored(IngestRequest request, IngestResult result) {
    StageStore store = Fixture.store(folder.resolve("work"), "train");
    var entry = store.located().values().iterator().next();
    List<String> samples = new ArrayList<>();
    try (ShardReader reader =
        ShardReader.open(
            new Configuration(), store.path(entry.file()), request.columns().schema())) {
      var shard = reader.read(entry.rowGroup(), 0, new ShardBuffers());
      for (int i = 0; i < result.data().samples(); i++) {
        samples.add(
            shard.labels().orElseThrow().get(i) + ":" + ids(shard.texts().orElseThrow(), i));
      }
    }
    return samples;
  }

  private static String ids(TokenSequences texts, int text) {
    StringBuilder ids = new StringBuilder();
    ByteBuffer bytes = texts.ids(text);
    while (bytes.hasRemaining()) {
      ids.append(' ').append(bytes.getInt());
    }
    return ids.toString();
  }
}
