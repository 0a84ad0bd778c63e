package dev.retort.jobs.stage;

import dev.retort.data.ShardPlan;
import dev.retort.jobs.run.StageStore;
import dev.retort.jobs.spark.ModelFiles;
import dev.retort.jobs.spark.ShardComputation;
import dev.retort.jobs.spark.StateWorker;
import dev.retort.jobs.spark.StoredDataset;
import dev.retort.provenance.Sha256;
import dev.retort.runtime.OnnxSession;
import dev.retort.runtime.SessionCache;
import dev.retort.runtime.SessionSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.DoubleSupplier;

/**
 * Labels the same samples in several ways, one after the other: ONNX Runtime alone, which is the
 * limit, the same with reading and writing, Retort, and pyspark. Nothing of it stays in the store.
 */
final class Bench {
  private static final String NAME = "bench";

  private final Run run;
  private final BenchRequest request;

  Bench(Run run, BenchRequest request) {
    this.run = run;
    this.request = request;
  }

  BenchResult execute() {
    Teacher teacher = new TeacherStage(run).execute();
    StoredDataset train = new IngestStage(run).execute().train();
    int batch = new MeasureStage(run, train).batch(teacher.inference());
    ShardPlan plan = limited(train.descriptor().plan());
    LabelStage label = new LabelStage(run, teacher, batch);

    List<BenchResult.Way> ways = new ArrayList<>();
    double jobSeconds = last(() -> job(plan, new Nothing()));
    ways.add(
        BenchResult.Way.of(
            BenchResult.RETORT,
            plan.samples() / last(() -> job(plan, label.computation(train, OptionalInt.empty())))));
    Path model =
        ModelFiles.local(
            teacher.inference().uri(), teacher.inference().sha256(), run.store().work().hadoop());
    SessionCache.ofThisJvm().evictIdle();
    try (OnnxSession session =
        OnnxSession.open(model, SessionSettings.standard().withThreads(run.threads()))) {
      ways.addAll(0, new BareLoops(run, session, train, plan).execute(batch, this::last));
    }
    ways.add(new PandasPeer(run, request).execute(model, train, plan));
    return new BenchResult(plan.samples(), run.slots(), batch, jobSeconds, ways);
  }

  /** What the last of the passes gives. */
  private double last(DoubleSupplier pass) {
    double last = 0;
    for (int i = 0; i < request.passes(); i++) {
      last = pass.getAsDouble();
    }
    return last;
  }

  /** The first shards, up to the samples asked for. */
  private ShardPlan limited(ShardPlan all) {
    long shards = Math.max(1, request.samples() / all.samplesPerShard());
    return shards >= all.shards()
        ? all
        : new ShardPlan(shards * all.samplesPerShard(), all.samplesPerShard());
  }

  /** Seconds of a job over the shards of {@code plan}. */
  private double job(ShardPlan plan, ShardComputation computation) {
    StageStore store = run.store().open(NAME, Sha256.of(run.runId() + System.nanoTime()));
    try {
      long begin = System.nanoTime();
      run.computeShards(NAME, store, plan, computation);
      return (System.nanoTime() - begin) / 1e9;
    } finally {
      store.delete();
    }
  }

  /** What a job costs besides what it computes. */
  private static final class Nothing implements ShardComputation {
    private static final long serialVersionUID = 1L;

    @Override
    public String suffix() {
      return StateWorker.SUFFIX;
    }

    @Override
    public Worker open(int[] shards) {
      return new StateWorker() {
        @Override
        protected byte[] state(int shard) {
          return new byte[0];
        }

        @Override
        protected int samples(int shard) {
          return 0;
        }
      };
    }
  }
}
