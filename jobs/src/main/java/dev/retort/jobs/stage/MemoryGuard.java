package dev.retort.jobs.stage;

import dev.retort.graph.Model;
import dev.retort.graph.shape.ShapeInference;
import dev.retort.recipe.ByteSize;
import dev.retort.runtime.MemoryPrediction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkConf;

/**
 * Refuses a job, before its first task, whose sessions cannot fit beside the heap of an executor.
 */
final class MemoryGuard {
  private static final Path MEMORY_INFO = Path.of("/proc/meminfo");
  private static final String AVAILABLE = "MemAvailable:";
  private static final long KILOBYTE = 1 << 10;
  private static final long MEGABYTE = 1 << 20;
  private static final long LEAST_OVERHEAD_MEGABYTES = 384;
  private static final double OVERHEAD_FACTOR = 0.1;

  private final Run run;

  MemoryGuard(Run run) {
    this.run = run;
  }

  /**
   * Predicts what {@code model} takes outside the heap of one executor.
   *
   * @throws dev.retort.error.InfrastructureError if that is more than the executor has
   */
  MemoryPrediction check(String what, Model model, int batch) {
    MemoryPrediction prediction = predict(model, batch, callers());
    prediction.check(what, available());
    return prediction;
  }

  /** Whether an executor's memory holds the sessions of all {@code models} at once. */
  boolean holds(List<Model> models, int batch) {
    long together =
        models.stream().mapToLong(model -> predict(model, batch, callers()).totalBytes()).sum();
    return together <= available();
  }

  static MemoryPrediction predict(Model model, int batch, int callers) {
    return MemoryPrediction.of(
        model, ShapeInference.infer(model), MemoryPrediction.Load.of(batch, callers));
  }

  /** Tasks that share a session: those of one executor. */
  private int callers() {
    return isEmbedded() ? run.slots() : conf().getInt("spark.executor.cores", 1);
  }

  private long available() {
    return run.recipe()
        .runtime()
        .memoryLimit()
        .map(ByteSize::bytes)
        .orElseGet(() -> isEmbedded() ? availableHere() : overhead());
  }

  /** What Spark's resource managers grant an executor outside its heap. */
  private long overhead() {
    long heap = conf().getSizeAsMb("spark.executor.memory", "1g");
    long standard = Math.max(LEAST_OVERHEAD_MEGABYTES, Math.round(heap * OVERHEAD_FACTOR));
    return MEGABYTE * conf().getSizeAsMb("spark.executor.memoryOverhead", standard + "m");
  }

  private boolean isEmbedded() {
    return conf().get("spark.master", "local").startsWith("local");
  }

  private SparkConf conf() {
    return run.spark().getConf();
  }

  /** Memory of this machine that is free or can be freed; unlimited where nobody says. */
  static long availableHere() {
    try {
      return Files.readAllLines(MEMORY_INFO).stream()
          .filter(line -> line.startsWith(AVAILABLE))
          .mapToLong(line -> KILOBYTE * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(Long.MAX_VALUE);
    } catch (IOException e) {
      return Long.MAX_VALUE;
    }
  }
}
