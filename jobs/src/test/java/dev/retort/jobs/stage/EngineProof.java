package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.data.SoftLabelFormat;
import dev.retort.data.SoftLabelWriter;
import dev.retort.jobs.spark.StoredDataset;
import dev.retort.provenance.Sha256;
import dev.retort.quantization.Int8Preset;
import dev.retort.runtime.SessionCache;
import dev.retort.statistics.StatisticRequest;
import dev.retort.statistics.StatisticsTable;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.SampleBlock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions, soft labels and calibration, all in one warm JVM, third pass. */
@Tag("proof")
class EngineProof {
  private static final int PASSES = 3;
  private static final int BATCH = 32;
  private static final int PARTITIONS = 64;

  @TempDir static Path folder;

  @Test
  void calibrationKeepsUpWithABareLoop() throws Exception {
    FashionFixture fixture = new FashionFixture(folder);
    Map<String, String> all =
        Map.of(
            "data.train.path", FashionFixture.ROOT.resolve("data/fashion-mnist/train").toString());
    Map<String, String> cut = new HashMap<>(all);
    cut.put("spark.partitions", Integer.toString(PARTITIONS));
    try (Run run = Run.open(fixture.request("partitions", cut))) {
      sessions(run);
    }
    try (Run run = Run.open(fixture.request("work", all))) {
      Teacher teacher = new TeacherStage(run).execute();
      StoredDataset train = new IngestStage(run).execute().train();
      calibration(run, teacher, train);
    }
  }

  @Test
  void softLabelsOfAThousandClassesTakeFewBytes() throws IOException {
    int rows = 8_192;
    int classes = 1_000;
    Random random = new Random(4);
    ByteBuffer logits =
        ByteBuffer.allocate(rows * classes * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (logits.hasRemaining()) {
      logits.putFloat((float) (5 * random.nextGaussian()));
    }
    Path file = folder.resolve("labels.parquet");
    try (SoftLabelWriter writer =
        SoftLabelWriter.create(
            FileSystem.getLocal(new Configuration()).getRaw(),
            new org.apache.hadoop.fs.Path(file.toUri()),
            SoftLabelFormat.topK(classes, 32, Sha256.of("teacher")))) {
      writer.add(new SampleBlock(ElementType.FLOAT32, Dims.of(classes), rows, logits.flip()));
      assertThat(writer.endShard().samples()).isEqualTo(rows);
    }

    double bytes = (double) Files.size(file) / rows;
    ProofPage.row(
        "soft labels, top-32 of 1,000 classes, bytes a row", "<= 140", "%.1f".formatted(bytes));
    assertThat(bytes).isLessThanOrEqualTo(140);
  }

  private static void sessions(Run run) throws Exception {
    Teacher teacher = new TeacherStage(run).execute();
    StoredDataset train = new IngestStage(run).execute().train();
    new LabelStage(run, teacher, BATCH).execute("train", train, OptionalInt.empty());
    int created = SessionCache.ofThisJvm().created(teacher.inference().sha256());

    ProofPage.row(
        "sessions of the teacher after labelling in %d partitions on one executor"
            .formatted(PARTITIONS),
        "1",
        Integer.toString(created));
    assertThat(run.tasks()).isEqualTo(PARTITIONS);
    assertThat(train.descriptor().shards()).isGreaterThan(PARTITIONS);
    assertThat(created).isEqualTo(1);
  }

  private static void calibration(Run run, Teacher teacher, StoredDataset train) throws Exception {
    StoredDataset images = new SubsetStage(run).execute("calibration", train, 2_048);
    List<StatisticRequest> all = Int8Preset.requests(teacher.fused());
    double seconds = 0;
    for (int pass = 0; pass < PASSES; pass++) {
      clear("calibrate");
      new CalibrateStage(run).execute(teacher.fused(), images, all, BATCH);
      seconds = last(run).seconds();
    }
    ProofPage.row(
        "calibration of 2,048 images, all statistics", "<= 4 s", "%.2f s".formatted(seconds));
    assertThat(seconds).isLessThanOrEqualTo(4);
    CalibrationCost cost = CalibrationCost.of(run, teacher, images, all);
    ProofPage.row(
        "calibration with all statistics against min-max in Java; against in-graph min-max; 1 thread",
        "<= 1.3x; aim 1.3x",
        "%.2fx; %.2fx (%.2f s, %.2f s, %.2f s)"
            .formatted(
                cost.all() / cost.minMax(),
                cost.all() / cost.inGraph(),
                cost.all(),
                cost.minMax(),
                cost.inGraph()));
    memory(run, teacher, train, all);
    assertThat(cost.all()).isLessThanOrEqualTo(1.3 * cost.minMax());
  }

  private static void memory(
      Run run, Teacher teacher, StoredDataset train, List<StatisticRequest> all) {
    StoredDataset few = new SubsetStage(run).execute("few", train, 1_000);
    long small = liveBytes(run, teacher, few, all);
    long large = liveBytes(run, teacher, train, all);
    ProofPage.row(
        "live bytes of the statistics for 1,000 and for 54,000 samples (60,000 less validation)",
        "equal",
        "%,d and %,d".formatted(small, large));
    assertThat(large).isEqualTo(small);
  }

  private static long liveBytes(
      Run run, Teacher teacher, StoredDataset data, List<StatisticRequest> requests) {
    StatisticsTable table = new CalibrateStage(run).execute(teacher.fused(), data, requests, BATCH);
    assertThat(table.tensors()).isNotEmpty();
    return LiveArrays.bytes(table);
  }

  private static StageTiming last(Run run) {
    List<StageTiming> timings = run.timings();
    return timings.get(timings.size() - 1);
  }

  private static void clear(String stage) throws IOException {
    Path stored = folder.resolve("work/store").resolve(stage);
    Optional<Path> present = Files.exists(stored) ? Optional.of(stored) : Optional.empty();
    if (present.isPresent()) {
      try (Stream<Path> files = Files.walk(stored)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
