package dev.retort.jobs.stage;

import dev.retort.data.ShardPlan;
import dev.retort.error.InterruptedRunError;
import dev.retort.error.RetortException;
import dev.retort.graph.Model;
import dev.retort.jobs.run.EventKind;
import dev.retort.jobs.run.RunDirectory;
import dev.retort.jobs.run.RunId;
import dev.retort.jobs.run.RunWriter;
import dev.retort.jobs.run.StageStore;
import dev.retort.jobs.run.Store;
import dev.retort.jobs.spark.Cluster;
import dev.retort.jobs.spark.Cluster.MixedCpus;
import dev.retort.jobs.spark.Inference;
import dev.retort.jobs.spark.RunLog;
import dev.retort.jobs.spark.ShardComputation;
import dev.retort.jobs.spark.ShardJob;
import dev.retort.jobs.spark.SparkFailures;
import dev.retort.jobs.spark.SparkSessions;
import dev.retort.jobs.spark.StoredModel;
import dev.retort.jobs.stage.ProgressListener.StageProgress;
import dev.retort.recipe.Recipe;
import dev.retort.recipe.RecipeWriter;
import dev.retort.runtime.RuntimeIdentity;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run in progress: what its stages share. It has the lease of the run directory until it is
 * closed. Stages that run side by side share it; the rest is the driver's main thread's.
 */
final class Run implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Run.class);
  private static final int TASKS_A_SLOT = 4;
  private static final double NANOS_A_SECOND = 1e9;
  private static final String STOPPED =
      "Stopped by a signal; repeat the command to go on from what is committed";

  private final PipelineRequest request;
  private final Store store;
  private final RunWriter writer;
  private final MeasurementBook measurements;
  private final SparkSession session;
  private final Cluster cluster;
  private final List<StageTiming> timings = new CopyOnWriteArrayList<>();
  private DataInputs inputs;

  private Run(PipelineRequest request, Store store, RunWriter writer, List<Measurement> replayed) {
    this.request = request;
    this.store = store.usedBy(writer);
    this.writer = writer;
    this.measurements =
        new MeasurementBook(
            MeasurementFile.known(writer.directory(), replayed),
            all -> writer.writeJson(RunDirectory.MEASUREMENTS, new MeasurementFile(all)));
    this.session = SparkSessions.open(request.effectiveRunId());
    this.cluster = Cluster.of(spark());
  }

  /**
   * Looks at what the user gave, takes the lease of the run and starts Spark.
   *
   * @throws dev.retort.error.LeaseHeldError if another driver runs it
   */
  static Run open(PipelineRequest request) {
    List<Measurement> replayed = MeasurementFile.replayed(request);
    Store store = Store.open(request.root());
    RunWriter writer = RunDirectory.of(store.work(), new RunId(request.effectiveRunId())).lock();
    writer.lastWords(() -> fail(writer, new InterruptedRunError(STOPPED)));
    try {
      Run run = new Run(request, store, writer, replayed);
      run.begin();
      return run;
    } catch (Exception e) {
      throw abandoned(writer, SparkFailures.explain(e));
    }
  }

  /** Writes down why a run did not start, and lets go of it. */
  private static RuntimeException abandoned(RunWriter writer, RuntimeException error) {
    try (writer) {
      fail(writer, error);
    }
    return error;
  }

  private void begin() {
    RunLog.begin(runId(), spark());
    writer.write(RunDirectory.RECIPE, RecipeWriter.write(recipe()));
    writer.writeJson(RunDirectory.MEASUREMENTS, new MeasurementFile(measurements.all()));
    writer.writeJson(RunDirectory.RESULT, RunResult.running(runId()));
    writer
        .events()
        .add(EventKind.RUN_START, Map.of("run", runId(), "cpu", cpuClass(), "slots", slots()));
    LOG.info("Run {} starts with {} task slots on {}", runId(), slots(), cpuClass());
  }

  Recipe recipe() {
    return request.recipe();
  }

  String runId() {
    return request.effectiveRunId();
  }

  Store store() {
    return store;
  }

  ModelStore models() {
    return new ModelStore(store);
  }

  /** The inputs of the recipe's data; its tokenizer is read once. */
  synchronized DataInputs inputs() {
    if (inputs == null) {
      inputs = DataInputs.of(recipe().data());
    }
    return inputs;
  }

  RunWriter writer() {
    return writer;
  }

  MeasurementBook measurements() {
    return measurements;
  }

  SparkSession session() {
    return session;
  }

  JavaSparkContext spark() {
    return JavaSparkContext.fromSparkContext(session.sparkContext());
  }

  List<StageTiming> timings() {
    return List.copyOf(timings);
  }

  int threads() {
    return recipe().runtime().threads();
  }

  int slots() {
    return cluster.slots();
  }

  /** Tasks of a job: what the recipe says, or a few a slot so that none waits long for the last. */
  int tasks() {
    return recipe().spark().partitions().orElse(slots() * TASKS_A_SLOT);
  }

  /**
   * How executors run {@code file}, which holds {@code model}.
   *
   * @param what the model, for messages
   * @throws dev.retort.error.RetortException if they lack the memory
   */
  Inference inference(String what, Model model, StoredModel file, int batch) {
    memory().check(what, model, batch);
    return new Inference(file, store.work(), batch, threads(), recipe().data().padding());
  }

  /**
   * Refuses, before any work, a model that executors cannot hold in the recipe's batch; where that
   * is yet to be measured, in the least.
   *
   * @param what the model, for messages
   * @throws dev.retort.error.RetortException if they lack the memory
   */
  void requireMemory(String what, Model model) {
    memory().check(what, model, recipe().runtime().batch().orElse(1));
  }

  private MemoryGuard memory() {
    return new MemoryGuard(recipe(), inputs(), spark().getConf(), cluster);
  }

  String cpuClass() {
    return cluster.cpuClass(mixedCpus());
  }

  private MixedCpus mixedCpus() {
    return recipe().allowMixedCpu() ? MixedCpus.ALLOWED : MixedCpus.REFUSED;
  }

  /** What of ONNX Runtime and the processors decides the bits that a model computes. */
  String runtime() {
    return runtime(cpuClass());
  }

  /** As {@link #runtime()}, on processors of the given class. */
  static String runtime(String cpuClass) {
    RuntimeIdentity driver = RuntimeIdentity.ofThisJvm();
    return "onnxruntime-%s/%s/%s".formatted(driver.version(), driver.provider(), cpuClass);
  }

  StageKeys keys() {
    return new StageKeys(store, runtime(), threads(), recipe().data().padding());
  }

  /** Whether all processors are, and stay, of one class. */
  boolean isReproducible() {
    return mixedCpus() == MixedCpus.REFUSED;
  }

  /** Hashes, versions, seeds and processors: where the result comes from. */
  SortedMap<String, String> provenance() {
    SortedMap<String, String> provenance = new TreeMap<>();
    provenance.put("recipe SHA-256", recipe().sha256().hex());
    provenance.put("seed", Long.toString(recipe().seed()));
    provenance.put("ONNX Runtime", RuntimeIdentity.ofThisJvm().version());
    provenance.put("processors", cpuClass());
    provenance.put(
        "reproducible",
        isReproducible()
            ? "yes, on processors of this class"
            : "no: executors may have processors of several classes");
    String version = Run.class.getPackage().getImplementationVersion();
    provenance.put("Retort", version == null ? "from class files, not from its jar" : version);
    provenance.put("Spark", session.version());
    provenance.put("Java", System.getProperty("java.runtime.version"));
    provenance.put(
        "system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    return provenance;
  }

  /** What to type to repeat the run from what is stored, in a run directory of its own. */
  String command() {
    String folder = writer.directory().folder().toString();
    return RepeatCommand.of(folder, request.work().toString(), runId()).text();
  }

  /** Computes the missing shards of a stage, timed and reported under {@code name}. */
  void computeShards(String name, StageStore into, ShardPlan data, ShardComputation computation) {
    SideBySide.checkGoesOn();
    StageProgress progress = request.progress().stageStarted(name, data.samples(), "samples");
    long begin = System.nanoTime();
    double samplesPerShard = (double) data.samples() / data.shards();
    ShardJob job =
        new ShardJob(
            name,
            into.address(),
            data.shards(),
            data.groupSize(),
            tasks(),
            cluster.guarded(computation, mixedCpus()));
    ShardJob.Outcome outcome =
        job.run(spark(), done -> progress.advanced(Math.round(done * samplesPerShard)));
    finished(name, progress, begin, outcome);
  }

  /**
   * For independent stages: at once if the memory of an executor holds their models together, else
   * in turn.
   */
  SideBySide sideBySide(List<Model> models, int batch) {
    if (memory().holds(models, batch)) {
      return SideBySide.atOnce(spark(), runId());
    }
    LOG.info("Independent stages run in turn: executors cannot hold their models at once");
    return SideBySide.inTurn(spark(), runId());
  }

  /** Runs a stage that is not cut into shards, timed and reported under {@code name}. */
  <T> T stage(String name, Supplier<T> body) {
    SideBySide.checkGoesOn();
    StageProgress progress = request.progress().stageStarted(name, 0, "");
    long begin = System.nanoTime();
    T result = body.get();
    finished(name, progress, begin, new ShardJob.Outcome(1, 0));
    return result;
  }

  private void finished(String name, StageProgress progress, long begin, ShardJob.Outcome outcome) {
    double seconds = (System.nanoTime() - begin) / NANOS_A_SECOND;
    int computed = outcome.computed();
    int reused = outcome.reused();
    timings.add(new StageTiming(name, seconds, computed, reused));
    Map<String, Object> fields = new TreeMap<>();
    fields.put("stage", name);
    fields.put("seconds", seconds);
    fields.put("computed", computed);
    fields.put("reused", reused);
    writer.events().add(EventKind.STAGE_END, fields);
    progress.finished(seconds, computed == 0);
    LOG.info("Stage {}: {} computed, {} reused, {} s", name, computed, reused, round(seconds));
  }

  /** Writes the result and ends the run. */
  void finish(RunResult result) {
    addEnd(writer, result);
    writer.writeJson(RunDirectory.RESULT, result);
    writer.finish();
    LOG.info("Run {} ends: {} in {}", runId(), result.status(), writer.directory().folder());
  }

  /** Writes down why the run ended, if it still may write. */
  void fail(Throwable error) {
    fail(writer, error);
  }

  private static void fail(RunWriter writer, Throwable error) {
    // File systems refuse to write for a thread that is interrupted, and this one ends anyway.
    Thread.interrupted();
    RunResult result = RunResult.failed(writer.directory().id().name(), error);
    try {
      writer.writeJson(RunDirectory.RESULT, result);
      addEnd(writer, result);
    } catch (RetortException e) {
      error.addSuppressed(e);
    }
  }

  private static void addEnd(RunWriter writer, RunResult result) {
    writer
        .events()
        .add(EventKind.RUN_END, Map.of("status", result.status(), "exitCode", result.exitCode()));
  }

  @Override
  public void close() {
    writer.close();
  }

  private static String round(double seconds) {
    return String.format(Locale.ROOT, "%.1f", seconds);
  }
}
