package dev.retort.jobs.stage;

import dev.retort.data.DatasetDescriptor;
import dev.retort.data.Shard;
import dev.retort.data.ShardWriter;
import dev.retort.data.SoftLabelFormat;
import dev.retort.data.SoftLabelWriter;
import dev.retort.graph.Model;
import dev.retort.jobs.run.StageStore;
import dev.retort.jobs.spark.DatasetReader;
import dev.retort.jobs.spark.Inference;
import dev.retort.jobs.spark.ReadAhead;
import dev.retort.jobs.spark.ShardComputation;
import dev.retort.jobs.spark.StoredDataset;
import dev.retort.jobs.spark.StoredLabels;
import dev.retort.jobs.spark.StoredModel;
import dev.retort.jobs.spark.StoredShards;
import java.io.IOException;
import java.util.OptionalInt;
import org.apache.hadoop.fs.FileSystem;

/** Stores the teacher's logits on a data set, for every student, step and run to come. */
final class LabelStage {
  private static final String NAME = "label";

  private final Run run;
  private final Model fused;
  private final Inference teacher;
  private final int classes;

  /**
   * Labels with {@code teacher}.
   *
   * @throws dev.retort.error.RetortException if executors lack the memory
   */
  LabelStage(Run run, Teacher teacher, int batch) {
    this.run = run;
    this.fused = teacher.fused();
    this.teacher = run.inference("the teacher", teacher.fused(), teacher.inference(), batch);
    this.classes = teacher.checked().classes();
  }

  /** The model that labels. */
  Model model() {
    return fused;
  }

  /** Samples a run of it. */
  int batch() {
    return teacher.batch();
  }

  /** The teacher's logits on {@code data}. */
  StoredLabels execute(String title, StoredDataset data, OptionalInt topK) {
    DatasetDescriptor descriptor = data.descriptor();
    SoftLabelFormat format = format(teacher.model(), classes, topK);
    StageStore store = run.keys().label(format, descriptor, teacher.batch());
    run.computeShards(NAME + " " + title, store, descriptor.plan(), computation(data, topK));
    return new StoredLabels(StoredShards.of(store, descriptor.shards()), format, teacher.batch());
  }

  /** What executors compute to label {@code data}. */
  ShardComputation computation(StoredDataset data, OptionalInt topK) {
    return new TeacherLogits(data, teacher, format(teacher.model(), classes, topK));
  }

  /** How the logits of {@code teacher} are stored, all or the {@code topK} largest. */
  static SoftLabelFormat format(StoredModel teacher, int classes, OptionalInt topK) {
    return topK.isPresent()
        ? SoftLabelFormat.topK(classes, topK.getAsInt(), teacher.sha256())
        : SoftLabelFormat.full(classes, teacher.sha256());
  }

  /** What executors compute: the logits of a shard. */
  private record TeacherLogits(StoredDataset data, Inference teacher, SoftLabelFormat format)
      implements ShardComputation {
    @Override
    public String suffix() {
      return "parquet";
    }

    @Override
    public Worker open(int[] shards) {
      return new TeacherLogitsWorker(this, shards);
    }
  }

  private static final class TeacherLogitsWorker implements ShardComputation.Worker {
    private final ReadAhead<Shard> data;
    private final Inference.Lease teacher;
    private final SoftLabelFormat format;
    private SoftLabelWriter writer;

    TeacherLogitsWorker(TeacherLogits logits, int[] shards) {
      data = new ReadAhead<>(new DatasetReader(logits.data()), shards);
      teacher = logits.teacher().acquireFirstOutput();
      format = logits.format();
    }

    @Override
    public void begin(FileSystem fileSystem, org.apache.hadoop.fs.Path file) throws IOException {
      writer = SoftLabelWriter.create(fileSystem, file, format);
    }

    @Override
    public ShardComputation.Computed compute(int number) throws IOException {
      Shard shard = data.next(number);
      writer.add(teacher.first(shard));
      ShardWriter.Stored stored = writer.endShard();
      return new ShardComputation.Computed(stored.hash(), stored.samples());
    }

    @Override
    public void end() throws IOException {
      writer.close();
      writer = null;
    }

    @Override
    public void close() throws IOException {
      try (data;
          teacher) {
        if (writer != null) {
          writer.close();
        }
      }
    }
  }
}
