package dev.retort.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.InfrastructureError;
import dev.retort.tensor.ElementType;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardReaderTest {
  private static final Configuration CONF = new Configuration();
  private static final FileSystem FILES = raw();

  @TempDir java.nio.file.Path folder;

  @Test
  void aShardReadIsTheShardWritten() throws IOException {
    List<Sample> samples = Samples.of(300);
    List<ShardWriter.Stored> stored = write(file(), Samples.SCHEMA, samples, 128);

    ShardBuffers buffers = new ShardBuffers();
    List<Sample> read = new ArrayList<>();
    try (ShardReader reader = ShardReader.open(CONF, file(), Samples.SCHEMA)) {
      assertThat(reader.rowGroups()).isEqualTo(3);
      for (ShardWriter.Stored one : stored) {
        Shard shard = reader.read(one.rowGroup(), 16 + one.rowGroup(), buffers);
        assertThat(shard.number()).isEqualTo(16 + one.rowGroup());
        assertThat(shard.samples()).isEqualTo(one.samples());
        assertThat(reader.contentHash(shard)).isEqualTo(one.hash());
        shard.inputs().values().forEach(i -> assertThat(i.bytes().isDirect()).isTrue());
        read.addAll(copy(shard));
      }
    }
    assertThat(read).isEqualTo(samples);
  }

  @Test
  void samplesMayHaveNeitherLabelNorId() throws IOException {
    SampleSchema schema = new SampleSchema(Samples.SCHEMA.inputs(), false, false);
    write(file(), schema, Samples.of(10), 10);

    try (ShardReader reader = ShardReader.open(CONF, file(), schema)) {
      Shard shard = reader.read(0, 0, new ShardBuffers());
      assertThat(shard.labels()).isEmpty();
      assertThat(shard.ids()).isEmpty();
      assertThat(shard.inputs()).containsOnlyKeys("image", "label");
    }
  }

  @Test
  void textsComeBackWithTheirOwnLengths() throws IOException {
    SampleSchema schema =
        new SampleSchema(
            List.of(InputSpec.of("age", "age", ElementType.UINT8, 2), Texts.input(6)), true, true);
    List<Sample> samples =
        List.of(
            new Sample(List.of(ByteBuffer.wrap(new byte[] {1, 2}), Texts.ids(7, 8, 9)), 0, "a"),
            new Sample(List.of(ByteBuffer.wrap(new byte[] {3, 4}), Texts.ids(5)), 1, "b"),
            new Sample(
                List.of(ByteBuffer.wrap(new byte[] {5, 6}), Texts.ids(1, 2, 3, 4, 5, 6)), 2, "c"));
    ShardWriter.Stored stored = write(file(), schema, samples, 3).get(0);

    try (ShardReader reader = ShardReader.open(CONF, file(), schema)) {
      Shard shard = reader.read(0, 0, new ShardBuffers());
      TokenSequences texts = shard.texts().orElseThrow();
      assertThat(List.of(texts.length(0), texts.length(1), texts.length(2)))
          .containsExactly(3, 1, 6);
      assertThat(Texts.ids(texts.ids(2))).containsExactly(1, 2, 3, 4, 5, 6);
      assertThat(shard.inputs()).containsOnlyKeys("age");
      assertThat(copy(shard)).isEqualTo(samples);
      assertThat(reader.contentHash(shard)).isEqualTo(stored.hash());
    }
  }

  @Test
  void aTextIsWrittenWithinItsLimitsOnly() throws IOException {
    SampleSchema schema = new SampleSchema(List.of(Texts.input(2)), false, false);
    try (ShardWriter writer = ShardWriter.create(FILES, file(), schema)) {
      for (ByteBuffer wrong :
          List.of(ByteBuffer.allocate(0), ByteBuffer.allocate(7), Texts.ids(1, 2, 3))) {
        assertThatThrownBy(() -> writer.add(new Sample(List.of(wrong), 0, "")))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("a sample of input_ids has");
      }
    }
  }

  @Test
  void theHashIsOfTheContentAndNotOfTheFile() throws IOException {
    List<Sample> samples = Samples.of(64);
    ShardWriter.Stored first = write(file(), Samples.SCHEMA, samples, 64).get(0);
    Path other = new Path(folder.resolve("other.parquet").toUri());
    List<ShardWriter.Stored> second = write(other, Samples.SCHEMA, twice(samples), 64);

    assertThat(second)
        .extracting(ShardWriter.Stored::hash)
        .containsExactly(first.hash(), first.hash());
    List<Sample> changed = new ArrayList<>(samples);
    changed.set(63, new Sample(samples.get(63).inputs(), samples.get(63).label() ^ 1, "x"));
    Path third = new Path(folder.resolve("third.parquet").toUri());
    assertThat(write(third, Samples.SCHEMA, changed, 64).get(0).hash()).isNotEqualTo(first.hash());
  }

  @Test
  void samplesLargerThanAPageComeBack() throws IOException {
    SampleSchema schema =
        new SampleSchema(
            List.of(InputSpec.of("x", "x", ElementType.FLOAT32, 600, 1000)), false, false);
    byte[] bytes = new byte[2_400_000];
    bytes[2_399_999] = 5;
    Sample sample = new Sample(List.of(ByteBuffer.wrap(bytes)), 0, "");
    write(file(), schema, List.of(sample, sample, sample), 3);

    try (ShardReader reader = ShardReader.open(CONF, file(), schema)) {
      Shard shard = reader.read(0, 0, new ShardBuffers());
      assertThat(shard.inputs().get("x").slice(2, 1).bytes().get(2_399_999)).isEqualTo((byte) 5);
    }
  }

  @Test
  void aTruncatedFileIsNamed() throws IOException {
    write(file(), Samples.SCHEMA, Samples.of(64), 64);
    java.nio.file.Path local = folder.resolve("chunk.parquet");
    try (RandomAccessFile file = new RandomAccessFile(local.toFile(), "rw")) {
      file.setLength(file.length() / 2);
    }

    assertThatThrownBy(() -> ShardReader.open(CONF, file(), Samples.SCHEMA))
        .isInstanceOf(InfrastructureError.class)
        .hasMessageStartingWith("Cannot read stored samples: ")
        .hasMessageContaining("chunk.parquet is damaged or gone");
  }

  @Test
  void aFlippedBitIsNoticed() throws IOException {
    write(file(), Samples.SCHEMA, Samples.of(64), 64);
    java.nio.file.Path local = folder.resolve("chunk.parquet");
    byte[] bytes = Files.readAllBytes(local);
    bytes[20_000] ^= 4;
    Files.write(local, bytes);

    try (ShardReader reader = ShardReader.open(CONF, file(), Samples.SCHEMA)) {
      assertThatThrownBy(() -> reader.read(0, 0, new ShardBuffers()))
          .isInstanceOf(InfrastructureError.class);
    }
  }

  @Test
  void aMissingFileOrRowGroupOrColumnIsNamed() throws IOException {
    assertThatThrownBy(() -> ShardReader.open(CONF, file(), Samples.SCHEMA))
        .isInstanceOf(InfrastructureError.class)
        .hasMessageContaining("chunk.parquet");
    write(file(), new SampleSchema(Samples.SCHEMA.inputs(), false, false), Samples.of(3), 3);
    try (ShardReader reader = ShardReader.open(CONF, file(), Samples.SCHEMA)) {
      assertThatThrownBy(() -> reader.read(1, 0, new ShardBuffers()))
          .hasMessageContaining("has 1 row groups, not row group 1");
      assertThatThrownBy(() -> reader.read(0, 0, new ShardBuffers()))
          .hasMessageContaining("has no column label_");
    }
  }

  @Test
  void aSampleOfAnotherLengthIsRefused() throws IOException {
    Sample sample = new Sample(List.of(ByteBuffer.allocate(1), ByteBuffer.allocate(8)), 0, "");
    try (ShardWriter writer = ShardWriter.create(FILES, file(), Samples.SCHEMA)) {
      assertThatThrownBy(() -> writer.add(sample))
          .hasMessage("a sample of image has 784 bytes, not 1");
    }
  }

  @Test
  void anExistingFileIsNotOverwritten() throws IOException {
    write(file(), Samples.SCHEMA, Samples.of(3), 3);
    assertThatThrownBy(() -> ShardWriter.create(FILES, file(), Samples.SCHEMA))
        .isInstanceOf(IOException.class);
  }

  private static FileSystem raw() {
    try {
      return FileSystem.getLocal(new Configuration()).getRaw();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path file() {
    return new Path(folder.resolve("chunk.parquet").toUri());
  }

  private static List<ShardWriter.Stored> write(
      Path path, SampleSchema schema, List<Sample> samples, int samplesPerShard)
      throws IOException {
    List<ShardWriter.Stored> stored = new ArrayList<>();
    try (ShardWriter writer = ShardWriter.create(FILES, path, schema)) {
      for (int i = 0; i < samples.size(); i++) {
        writer.add(samples.get(i));
        if ((i + 1) % samplesPerShard == 0 || i + 1 == samples.size()) {
          stored.add(writer.endShard());
        }
      }
    }
    return stored;
  }

  private static List<Sample> copy(Shard shard) {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < shard.samples(); i++) {
      Sample sample = shard.sample(i);
      List<ByteBuffer> inputs = sample.inputs().stream().map(ShardReaderTest::copy).toList();
      samples.add(new Sample(inputs, sample.label(), sample.id()));
    }
    return samples;
  }

  private static ByteBuffer copy(ByteBuffer bytes) {
    return ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
  }

  private static List<Sample> twice(List<Sample> samples) {
    List<Sample> both = new ArrayList<>(samples);
    both.addAll(samples);
    return both;
  }
}
