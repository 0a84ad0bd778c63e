package dev.retort.jobs.stage;

import dev.retort.data.ShardPlan;
import dev.retort.error.InfrastructureError;
import dev.retort.error.UserError;
import dev.retort.graph.Dim;
import dev.retort.graph.Model;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.shape.ShapeInference;
import dev.retort.jobs.spark.Cluster;
import dev.retort.jobs.spark.ReadAhead;
import dev.retort.recipe.ByteSize;
import dev.retort.recipe.Recipe;
import dev.retort.runtime.MemoryPrediction;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkConf;

/**
 * Refuses a job, before its first task, whose sessions cannot fit beside the heap of an executor:
 * neither what the recipe allows, nor else what its machine has free. Executors on one host share
 * what it has, so their needs add up; YARN and Kubernetes reserve memory for each one and limit it
 * to Spark's overhead.
 */
final class MemoryGuard {
  private static final long MEGABYTE = 1 << 20;
  private static final long LEAST_OVERHEAD_MEGABYTES = 384;
  private static final double OVERHEAD_FACTOR = 0.1;

  private final Recipe recipe;
  private final DataInputs inputs;
  private final SparkConf conf;
  private final Cluster cluster;

  MemoryGuard(Recipe recipe, DataInputs inputs, SparkConf conf, Cluster cluster) {
    this.recipe = recipe;
    this.inputs = inputs;
    this.conf = conf;
    this.cluster = cluster;
  }

  /**
   * Predicts what {@code model} takes outside the heap of one executor.
   *
   * @param what the model, for the message
   * @throws UserError (exit 2) if that is more than the recipe's {@code runtime.memory-limit}
   * @throws InfrastructureError (exit 10) if the recipe sets none and the executor has less
   */
  void check(String what, Model model, int batch) {
    int callers = callers();
    MemoryPrediction needed = predict(inputs, model, batch, callers);
    String load = load(needed, batch, callers);
    Optional<ByteSize> limit = recipe.runtime().memoryLimit();
    if (limit.isPresent()) {
      checkLimit(what, needed, limit.get(), load);
    } else {
      checkExecutor(what, needed, load);
    }
  }

  /** What is needed and for what, as messages say it. */
  static String load(MemoryPrediction needed, int batch, int callers) {
    return "%s for %d tasks at a time and batches of %d"
        .formatted(needed.inWords(), callers, batch);
  }

  /** Whether an executor's memory holds the sessions of all {@code models} at once. */
  boolean holds(List<Model> models, int batch) {
    int callers = callers();
    long together =
        models.stream()
            .mapToLong(model -> predict(inputs, model, batch, callers).totalBytes())
            .sum();
    return together <= recipe.runtime().memoryLimit().map(ByteSize::bytes).orElseGet(this::free);
  }

  /**
   * What {@code model} needs for so many tasks of an executor, on the longest texts: with its
   * session the shards that each task holds, which is the one it runs and the one it reads ahead,
   * of samples and of the teacher's logits.
   */
  static MemoryPrediction predict(DataInputs inputs, Model model, int batch, int callers) {
    MemoryPrediction session =
        MemoryPrediction.of(
            model,
            ShapeInference.infer(model),
            new MemoryPrediction.Load(batch, callers, inputs.sizes(model, inputs.mostTokens())));
    long shard = ShardPlan.mostBytes(inputs.sampleBytes() + logitBytes(model));
    return session.plusBuffers((long) callers * ReadAhead.SETS * shard);
  }

  /** Bytes of the first output of a sample, as far as its dimensions are fixed. */
  private static long logitBytes(Model model) {
    ValueInfo first = model.graph().outputs().get(0);
    if (!(first.type() instanceof ValueType.OfTensor type)) {
      return 0;
    }
    long elements = 1;
    for (Dim dim : type.shape().orElse(List.of())) {
      elements *= dim instanceof Dim.Fixed fixed ? fixed.size() : 1;
    }
    return type.elementType().byteLength(elements);
  }

  /**
   * Holds {@code needed} against the limit of a recipe.
   *
   * @throws UserError (exit 2) if it is more
   */
  static void checkLimit(String what, MemoryPrediction needed, ByteSize limit, String load) {
    if (needed.totalBytes() > limit.bytes()) {
      throw UserError.usage(
          "Cannot run %s: runtime.memory-limit is %s, must be at least %s; raise it, or set a smaller runtime.batch"
              .formatted(what, limit, load));
    }
  }

  private void checkExecutor(String what, MemoryPrediction needed, String load) {
    if (needed.totalBytes() <= free()) {
      return;
    }
    Cluster.Host host = cluster.tightest();
    if (isLimitedByOverhead() || host.executors() == 1) {
      throw new InfrastructureError(
          "Cannot run %s: an executor has %s outside its heap, must have %s; give it more memory%s, or set a smaller runtime.batch"
              .formatted(
                  what,
                  MemoryPrediction.megabytes(free()),
                  load,
                  isLimitedByOverhead() ? " (spark.executor.memoryOverhead)" : ""));
    }
    throw new InfrastructureError(
        "Cannot run %s: host %s has %s free for its %d executors, must have %s: each needs %s; run fewer executors on a host, give it more memory, or set a smaller runtime.batch"
            .formatted(
                what,
                host.name(),
                MemoryPrediction.megabytes(host.availableBytes()),
                host.executors(),
                MemoryPrediction.megabytes(host.executors() * needed.totalBytes()),
                load));
  }

  /** What an executor has outside its heap where the recipe sets no limit. */
  private long free() {
    return isLimitedByOverhead()
        ? Math.min(overhead(), cluster.availableBytes())
        : cluster.tightest().shareBytes();
  }

  /** Tasks that share a session: those of one executor, as far as the configuration tells. */
  private int callers() {
    int cores = isEmbedded() ? coresOfOne() : conf.getInt("spark.executor.cores", coresOfOne());
    return Math.max(1, cores / conf.getInt("spark.task.cpus", 1));
  }

  /** A standalone executor takes all cores that its worker offers; workers are taken for equal. */
  private int coresOfOne() {
    int tasks = -Math.floorDiv(-cluster.slots(), cluster.executors());
    return isLimitedByOverhead() ? 1 : tasks * conf.getInt("spark.task.cpus", 1);
  }

  /** What YARN and Kubernetes grant an executor outside its heap. */
  private long overhead() {
    long heap = conf.getSizeAsMb("spark.executor.memory", "1g");
    double factor = conf.getDouble("spark.executor.memoryOverheadFactor", OVERHEAD_FACTOR);
    long standard = Math.max(LEAST_OVERHEAD_MEGABYTES, (long) (heap * factor));
    return MEGABYTE * conf.getSizeAsMb("spark.executor.memoryOverhead", standard + "m");
  }

  private boolean isEmbedded() {
    return master().startsWith("local");
  }

  private boolean isLimitedByOverhead() {
    return master().startsWith("yarn") || master().startsWith("k8s");
  }

  private String master() {
    return conf.get("spark.master", "local");
  }
}
