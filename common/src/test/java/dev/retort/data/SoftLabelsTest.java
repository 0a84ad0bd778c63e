package dev.retort.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retort.error.InfrastructureError;
import dev.retort.error.UserError;
import dev.retort.provenance.Sha256;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.SampleBlock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoftLabelsTest {
  private static final Sha256 TEACHER = Sha256.of("teacher");

  @TempDir java.nio.file.Path folder;
  private FileSystem files;

  @BeforeEach
  void open() throws IOException {
    files = FileSystem.getLocal(new Configuration()).getRaw();
  }

  @Test
  void allLogitsComeBackBitForBit() throws IOException {
    SoftLabelFormat format = SoftLabelFormat.full(10, TEACHER);
    float[] logits = logits(70, 10);
    List<ShardWriter.Stored> stored = write(format, logits, 32);

    try (SoftLabelReader reader = SoftLabelReader.open(files, file(), format)) {
      int sample = 0;
      for (ShardWriter.Stored shard : stored) {
        SoftLabels labels = reader.read(shard.rowGroup(), new ShardBuffers());
        assertThat(labels.samples()).isEqualTo(shard.samples());
        assertThat(reader.contentHash(labels)).isEqualTo(shard.hash());
        var values = labels.logits().bytes().asFloatBuffer();
        for (int i = 0; i < shard.samples() * 10; i++) {
          assertThat(values.get(i)).isEqualTo(logits[sample * 10 + i]);
        }
        sample += shard.samples();
      }
      assertThat(sample).isEqualTo(70);
    }
  }

  @Test
  void the32LargestOf1000ClassesTakeNoMoreThan140BytesARow() throws IOException {
    int rows = 8_192;
    SoftLabelFormat format = SoftLabelFormat.topK(1_000, 32, TEACHER);

    write(format, logits(rows, 1_000), 1_024);

    assertThat(files.getFileStatus(file()).getLen()).isLessThanOrEqualTo(140L * rows);
  }

  @Test
  void theLargestLogitsAndTheWeightOfTheRestComeBack() throws IOException {
    int classes = 1_000;
    SoftLabelFormat format = SoftLabelFormat.topK(classes, 5, TEACHER);
    float[] logits = logits(20, classes);
    write(format, logits, 20);

    try (SoftLabelReader reader = SoftLabelReader.open(files, file(), format)) {
      SoftLabels labels = reader.read(0, new ShardBuffers());
      for (int sample = 0; sample < 20; sample++) {
        int start = sample * classes;
        List<Integer> order =
            IntStream.range(0, classes)
                .boxed()
                .sorted(Comparator.comparing((Integer i) -> -logits[start + i]))
                .toList();
        float largest = logits[start + order.get(0)];
        for (int rank = 0; rank < 5; rank++) {
          float expected = logits[start + order.get(rank)] - largest;
          assertThat(labels.index(sample, rank)).isEqualTo(order.get(rank));
          assertThat(labels.relativeLogit(sample, rank))
              .isCloseTo(expected, within(Math.abs(expected) / 2048 + 1e-7f));
        }
        for (int temperature : new int[] {1, 2, 4, 8}) {
          double sum = 0;
          for (int i : order.subList(5, classes)) {
            sum += Math.exp(((double) logits[start + i] - largest) / temperature);
          }
          assertThat((double) labels.rest(sample, temperature))
              .isCloseTo(Math.log(sum), within(Math.abs(Math.log(sum)) / 2048 + 1e-6));
        }
      }
      assertThatThrownBy(labels::logits).hasMessageContaining("only the 5 largest");
    }
  }

  @Test
  void equalLogitsAreOrderedByIndexAndAnEmptyRestIsNothing() throws IOException {
    SoftLabelFormat format = SoftLabelFormat.topK(3, 3, TEACHER);
    ShardWriter.Stored stored = write(format, new float[] {1, 2, 2}, 1).get(0);

    try (SoftLabelReader reader = SoftLabelReader.open(files, file(), format)) {
      SoftLabels labels = reader.read(0, new ShardBuffers());
      assertThat(IntStream.range(0, 3).map(rank -> labels.index(0, rank))).containsExactly(1, 2, 0);
      assertThat(labels.rest(0, 4)).isEqualTo(Float.NEGATIVE_INFINITY);
      assertThat(reader.contentHash(labels)).isEqualTo(stored.hash());
      assertThatThrownBy(() -> labels.rest(0, 3))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("temperature is 3, must be 1, 2, 4 or 8");
      assertThatThrownBy(() -> labels.rest(0, 16)).isInstanceOf(UserError.class);
    }
  }

  @Test
  void manyClassesGetWideIndices() throws IOException {
    for (int classes : new int[] {65_536, 65_537}) {
      SoftLabelFormat format = SoftLabelFormat.topK(classes, 1, TEACHER);
      float[] logits = new float[classes];
      logits[classes - 1] = 3;
      Path path = new Path(folder.resolve("wide" + classes).toUri());
      write(path, format, logits, 1);
      try (SoftLabelReader reader = SoftLabelReader.open(files, path, format)) {
        assertThat(reader.read(0, new ShardBuffers()).index(0, 0)).isEqualTo(classes - 1);
      }
    }
  }

  @Test
  void labelsOfAnotherTeacherAreRefused() throws IOException {
    write(SoftLabelFormat.full(3, TEACHER), new float[] {1, 2, 3}, 1);
    SoftLabelFormat other = SoftLabelFormat.full(3, Sha256.of("other"));

    assertThatThrownBy(() -> SoftLabelReader.open(files, file(), other))
        .isInstanceOf(InfrastructureError.class)
        .hasMessageContaining("retort.teacher is " + TEACHER);
  }

  @Test
  void logitsMustBeFiniteAndFit() throws IOException {
    SoftLabelFormat format = SoftLabelFormat.full(3, TEACHER);
    assertThatThrownBy(() -> write(format, new float[] {1, Float.NaN, 3}, 1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("logit 1 of sample 0 of a shard is NaN, must be finite");
    assertThatThrownBy(() -> SoftLabelFormat.topK(3, 4, TEACHER))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("top-k is 4, must be 0 (all) to 3");
    try (SoftLabelWriter writer =
        SoftLabelWriter.create(files, new Path(folder.resolve("x").toUri()), format)) {
      SampleBlock block =
          new SampleBlock(ElementType.FLOAT32, Dims.of(2), 1, ByteBuffer.allocate(8));
      assertThatThrownBy(() -> writer.add(block)).hasMessageContaining("is no row of 3 logits");
    }
  }

  private Path file() {
    return new Path(folder.resolve("labels.parquet").toUri());
  }

  private List<ShardWriter.Stored> write(SoftLabelFormat format, float[] logits, int perShard)
      throws IOException {
    return write(file(), format, logits, perShard);
  }

  private List<ShardWriter.Stored> write(
      Path path, SoftLabelFormat format, float[] logits, int perShard) throws IOException {
    int samples = logits.length / format.classes();
    ByteBuffer bytes = ByteBuffer.allocate(logits.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(logits);
    SampleBlock block =
        new SampleBlock(ElementType.FLOAT32, Dims.of(format.classes()), samples, bytes);
    List<ShardWriter.Stored> stored = new ArrayList<>();
    try (SoftLabelWriter writer = SoftLabelWriter.create(files, path, format)) {
      for (int from = 0; from < samples; from += perShard) {
        writer.add(block.slice(from, Math.min(perShard, samples - from)));
        stored.add(writer.endShard());
      }
    }
    return stored;
  }

  private static float[] logits(int samples, int classes) {
    Random random = new Random(4);
    float[] logits = new float[samples * classes];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) (5 * random.nextGaussian());
    }
    return logits;
  }
}
