package dev.retort.jobs.stage;

import dev.retort.data.DatasetDescriptor;
import dev.retort.data.Shard;
import dev.retort.data.SoftLabels;
import dev.retort.jobs.run.StageStore;
import dev.retort.jobs.spark.DatasetWorker;
import dev.retort.jobs.spark.Inference;
import dev.retort.jobs.spark.LabelReader;
import dev.retort.jobs.spark.ReadAhead;
import dev.retort.jobs.spark.ShardComputation;
import dev.retort.jobs.spark.StateWorker;
import dev.retort.jobs.spark.StoredDataset;
import dev.retort.jobs.spark.StoredLabels;
import dev.retort.tensor.SampleBlock;

/** Scores a model on a data set, sample by sample next to the teacher's stored logits. */
final class EvaluateStage {
  private static final String NAME = "evaluate";

  private final Run run;

  EvaluateStage(Run run) {
    this.run = run;
  }

  /**
   * Scores a model on {@code data}; one with the bytes of the teacher by the stored logits.
   *
   * @param title what is evaluated, for the people who watch
   * @param teacher the teacher's logits on the same data
   */
  Score execute(String title, Inference model, StoredDataset data, StoredLabels teacher) {
    if (model.model().sha256().equals(teacher.format().teacher())) {
      return teacher(title, data, teacher);
    }
    StageStore store = run.keys().evaluate(model.model(), data.descriptor(), teacher);
    return score(title, store, data, new Evaluation(data, teacher, model));
  }

  /** Scores the teacher on {@code data} by its stored logits; runs no model. */
  Score teacher(String title, StoredDataset data, StoredLabels teacher) {
    StageStore store = run.keys().evaluateTeacher(data.descriptor(), teacher);
    return score(title, store, data, new TeacherEvaluation(data, teacher));
  }

  private Score score(
      String title, StageStore store, StoredDataset data, ShardComputation evaluation) {
    DatasetDescriptor descriptor = data.descriptor();
    run.computeShards(NAME + " " + title, store, descriptor.plan(), evaluation);
    return ShardStates.merge(store, descriptor, Score::of, Score::merge);
  }

  /** What executors compute of the teacher: a score a shard. */
  private record TeacherEvaluation(StoredDataset data, StoredLabels teacher)
      implements ShardComputation {
    @Override
    public String suffix() {
      return StateWorker.SUFFIX;
    }

    @Override
    public Worker open(int[] shards) {
      return new EvaluationWorker(data, teacher, shards);
    }
  }

  /** What executors compute of another model: a score a shard. */
  private record Evaluation(StoredDataset data, StoredLabels teacher, Inference model)
      implements ShardComputation {
    @Override
    public String suffix() {
      return StateWorker.SUFFIX;
    }

    @Override
    public Worker open(int[] shards) {
      return new ModelWorker(this, shards);
    }
  }

  /** Compares logits with the teacher's: its own. */
  private static class EvaluationWorker extends DatasetWorker {
    private final ReadAhead<SoftLabels> teacher;

    EvaluationWorker(StoredDataset data, StoredLabels teacher, int[] shards) {
      super(data, shards);
      this.teacher = new ReadAhead<>(new LabelReader(teacher), shards);
    }

    @Override
    protected final byte[] state(Shard shard) {
      SampleBlock expected = teacher.next(shard.number()).logits();
      return Score.of(expected, logits(shard, expected), shard.labels()).toBytes();
    }

    SampleBlock logits(Shard shard, SampleBlock expected) {
      return expected;
    }

    @Override
    public void close() {
      teacher.close();
      super.close();
    }
  }

  /** Compares the logits that a model computes. */
  private static final class ModelWorker extends EvaluationWorker {
    private final Inference.Lease model;

    ModelWorker(Evaluation evaluation, int[] shards) {
      super(evaluation.data(), evaluation.teacher(), shards);
      model = evaluation.model().acquireFirstOutput();
    }

    @Override
    SampleBlock logits(Shard shard, SampleBlock expected) {
      return model.first(shard);
    }

    @Override
    public void close() {
      model.close();
      super.close();
    }
  }
}
