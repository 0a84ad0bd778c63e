package dev.retort.jobs.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.data.DatasetDescriptor;
import dev.retort.data.Sample;
import dev.retort.data.SampleColumns;
import dev.retort.data.SampleKey;
import dev.retort.data.Shard;
import dev.retort.data.ShardBuffers;
import dev.retort.data.ShardReader;
import dev.retort.jobs.run.ShardEntry;
import dev.retort.jobs.run.ShardKey;
import dev.retort.jobs.run.StageStore;
import dev.retort.recipe.DataSettings.Validation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IngestTest {
  private static final int ROWS = 1_200;

  @TempDir Path folder;
  private final List<Row> rows = Fixture.images(ROWS);

  @BeforeEach
  void write() {
    Fixture.writeParquet(rows, 3, folder.resolve("data"));
  }

  @Test
  void theSameDataIsMadeForAnyPartitionsAndFiles() {
    Fixture.writeParquet(Fixture.shuffled(rows, 1), 5, folder.resolve("shuffled"));
    Set<Object> hashes = new HashSet<>();
    for (int partitions : new int[] {1, 2, 7, 64}) {
      for (String files : List.of("data", "shuffled")) {
        IngestRequest request =
            Fixture.parquet(folder.resolve(files))
                .withValidation(new Validation(0.1, 7))
                .withPartitions(partitions);
        IngestResult result = Fixture.ingest(request, folder.resolve(files + partitions));
        hashes.add(List.of(result.data(), result.validation().orElseThrow()));
      }
    }
    assertThat(hashes).hasSize(1);
  }

  /** When this hash changes on purpose, {@link Ingest#VERSION} changes with it. */
  @Test
  void theStoredContentIsThatOfTheVersion() {
    IngestRequest request = Fixture.parquet(folder.resolve("data"));

    IngestResult result = Fixture.ingest(request, folder.resolve("work"));

    assertThat(Ingest.VERSION).isEqualTo(1);
    assertThat(result.data().contentHash().hex())
        .isEqualTo("f1a1ebd56ba4cc7b45730241a372adebaed76b51f90fb3296c48b4faaea3eb49");
  }

  @Test
  void everySampleIsStoredOnceInTheOrderOfItsKey() {
    IngestRequest request = Fixture.parquet(folder.resolve("data"));
    IngestResult result = Fixture.ingest(request, folder.resolve("work"));

    List<Sample> stored = read(result.data(), Fixture.store(folder.resolve("work"), "train"));
    List<SampleKey> keys =
        stored.stream().map(s -> SampleKey.of(result.data().schema(), s)).toList();
    assertThat(keys).isSorted().doesNotHaveDuplicates();
    assertThat(stored).hasSize(ROWS).containsExactlyInAnyOrderElementsOf(samples());
    assertThat(result.counts()).isEqualTo(new IngestResult.Counts(ROWS, 0, null));
  }

  @Test
  void validationIsAStratifiedTenthThatTrainDoesNotHold() {
    IngestRequest request =
        Fixture.parquet(folder.resolve("data")).withValidation(new Validation(0.1, 7));
    IngestResult result = Fixture.ingest(request, folder.resolve("work"));

    DatasetDescriptor validation = result.validation().orElseThrow();
    List<Sample> chosen = read(validation, Fixture.store(folder.resolve("work"), "validation"));
    List<Sample> train = read(result.data(), Fixture.store(folder.resolve("work"), "train"));
    assertThat(chosen).hasSize(120);
    List<Sample> all = new ArrayList<>(train);
    all.addAll(chosen);
    assertThat(all).containsExactlyInAnyOrderElementsOf(samples());
    for (int label = 0; label < Fixture.CLASSES; label++) {
      int wanted = label;
      double of = samples().stream().filter(s -> s.label() == wanted).count() / 10.0;
      assertThat((double) chosen.stream().filter(s -> s.label() == wanted).count())
          .isBetween(Math.floor(of), Math.ceil(of));
    }
  }

  @Test
  void aNamedIdDecidesTheOrderAndIsStored() {
    SampleColumns named =
        new SampleColumns(Fixture.COLUMNS.inputs(), Fixture.COLUMNS.label(), Optional.of("name"));
    IngestRequest request =
        IngestRequest.of("train", Fixture.parquet(folder.resolve("data")).source(), named);

    IngestResult result = Fixture.ingest(request, folder.resolve("work"));

    List<Sample> stored = read(result.data(), Fixture.store(folder.resolve("work"), "train"));
    assertThat(stored)
        .extracting(Sample::id)
        .containsExactlyInAnyOrderElementsOf(rows.stream().map(row -> row.getString(2)).toList());
    assertThat(stored.stream().map(s -> SampleKey.of(named.schema(), s)).toList()).isSorted();
  }

  @Test
  void equalRowsAreKeptAndSplitByTheirOccurrence() {
    List<Row> twice = new ArrayList<>(rows);
    twice.addAll(rows);
    Fixture.writeParquet(twice, 4, folder.resolve("twice"));
    IngestRequest request =
        Fixture.parquet(folder.resolve("twice")).withValidation(new Validation(0.1, 7));

    IngestResult result = Fixture.ingest(request, folder.resolve("work"));

    assertThat(result.data().samples()).isEqualTo(2 * ROWS - 240);
    assertThat(result.validation().orElseThrow().samples()).isEqualTo(240);
  }

  @Test
  void labelsMayBeAbsent() {
    SampleColumns unlabelled =
        new SampleColumns(Fixture.COLUMNS.inputs(), Optional.empty(), Optional.empty());
    IngestRequest request =
        IngestRequest.of("train", Fixture.parquet(folder.resolve("data")).source(), unlabelled)
            .withValidation(new Validation(0.1, 7));

    IngestResult result = Fixture.ingest(request, folder.resolve("work"));

    assertThat(result.data().label()).isNull();
    assertThat(result.data().samples()).isEqualTo(ROWS - 120);
  }

  @Test
  void finishedChunksAreNotWrittenAgain() throws IOException {
    IngestRequest request = Fixture.parquet(folder.resolve("data"));
    IngestResult first = Fixture.ingest(request, folder.resolve("work"));
    Path store = storeFolder();
    Set<Path> before = files(store, ".manifest");
    Path lost = before.stream().filter(f -> f.toString().contains("s000000016")).findAny().get();
    Files.delete(lost);
    for (Path result : files(store, "")) {
      if (result.getFileName().toString().startsWith("result-")) {
        Files.delete(result);
      }
    }

    IngestResult second = Fixture.ingest(request, folder.resolve("work"));

    assertThat(second).isEqualTo(first);
    Set<Path> written = files(store, ".parquet");
    assertThat(written).hasSize(first.data().plan().chunks() + 1);
    assertThat(Fixture.ingest(request, folder.resolve("work"))).isEqualTo(first);
    assertThat(files(store, ".parquet")).isEqualTo(written);
  }

  private Path storeFolder() throws IOException {
    try (Stream<Path> stages = Files.list(folder.resolve("work/store/ingest"))) {
      return stages.findFirst().orElseThrow();
    }
  }

  private static Set<Path> files(Path folder, String suffix) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return new HashSet<>(files.filter(f -> f.toString().endsWith(suffix)).toList());
    }
  }

  private List<Sample> samples() {
    return rows.stream()
        .map(row -> new Sample(List.of(ByteBuffer.wrap(row.<byte[]>getAs(0))), row.getInt(1), ""))
        .toList();
  }

  private static List<Sample> read(DatasetDescriptor descriptor, StageStore store) {
    List<Sample> samples = new ArrayList<>();
    ShardBuffers buffers = new ShardBuffers();
    for (var located : store.located().entrySet()) {
      ShardKey key = located.getKey();
      ShardEntry entry = located.getValue();
      try (ShardReader reader =
          ShardReader.open(
              store.fileSystem().getConf(), store.path(entry.file()), descriptor.schema())) {
        Shard shard = reader.read(entry.rowGroup(), key.shard(), buffers);
        assertThat(reader.contentHash(shard)).isEqualTo(entry.hash());
        for (int i = 0; i < shard.samples(); i++) {
          samples.add(copy(shard, i));
        }
      }
    }
    return samples;
  }

  private static Sample copy(Shard shard, int index) {
    List<ByteBuffer> inputs = new ArrayList<>();
    for (var block : shard.inputs().values()) {
      byte[] bytes = new byte[block.sampleBytes()];
      block.slice(index, 1).bytes().get(bytes);
      inputs.add(ByteBuffer.wrap(Arrays.copyOf(bytes, bytes.length)));
    }
    String id = shard.ids().isEmpty() ? "" : shard.ids().get(index);
    return new Sample(inputs, shard.labels().map(labels -> labels.get(index)).orElse(0), id);
  }
}
