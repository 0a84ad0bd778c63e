package dev.retort.jobs.stage;

import dev.retort.data.DatasetDescriptor;
import dev.retort.data.Shard;
import dev.retort.jobs.run.StageStore;
import dev.retort.jobs.spark.DatasetWorker;
import dev.retort.jobs.spark.Inference;
import dev.retort.jobs.spark.LabelReader;
import dev.retort.jobs.spark.ShardComputation;
import dev.retort.jobs.spark.StateWorker;
import dev.retort.jobs.spark.StoredDataset;
import dev.retort.jobs.spark.StoredLabels;
import dev.retort.jobs.spark.StoredModel;
import dev.retort.tensor.SampleBlock;

/** Scores a model on a data set, sample by sample next to the teacher's stored logits. */
final class EvaluateStage {
  private static final String NAME = "evaluate";

  private final Run run;

  EvaluateStage(Run run) {
    this.run = run;
  }

  /**
   * Scores {@code model} on {@code data}.
   *
   * @param teacher the teacher's logits on the same data
   * @param title what is evaluated, for the people who watch
   */
  Score execute(StoredModel model, StoredDataset data, StoredLabels teacher, String title) {
    DatasetDescriptor descriptor = data.descriptor();
    StageStore store = run.keys().evaluate(model, descriptor, teacher);
    Inference inference = new Inference(model, run.store().work(), teacher.batch(), run.threads());
    run.computeShards(
        NAME + " " + title, store, descriptor.plan(), new Evaluation(data, teacher, inference));
    return ShardStates.merge(store, descriptor, Score::of, Score::merge);
  }

  /** What executors compute: a score a shard. */
  private record Evaluation(StoredDataset data, StoredLabels teacher, Inference inference)
      implements ShardComputation {
    @Override
    public String suffix() {
      return StateWorker.SUFFIX;
    }

    @Override
    public Worker open() {
      return new EvaluationWorker(this);
    }
  }

  private static final class EvaluationWorker extends DatasetWorker {
    private final LabelReader teacher;
    private final Inference.Lease model;

    EvaluationWorker(Evaluation evaluation) {
      super(evaluation.data());
      teacher = new LabelReader(evaluation.teacher());
      model = evaluation.inference().acquireFirstOutput();
    }

    @Override
    protected byte[] state(Shard shard) {
      SampleBlock expected = teacher.read(shard.number()).logits();
      SampleBlock actual = model.inference().collect(shard.inputs()).values().iterator().next();
      return Score.of(expected, actual, shard.labels()).toBytes();
    }

    @Override
    public void close() {
      model.close();
      teacher.close();
      super.close();
    }
  }
}
