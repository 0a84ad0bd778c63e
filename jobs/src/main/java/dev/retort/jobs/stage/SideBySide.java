package dev.retort.jobs.stage;

import dev.retort.error.InterruptedRunError;
import dev.retort.jobs.spark.SparkFailures;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Runs independent stages at once in one application: each from a driver thread and in a scheduler
 * pool of its own, which share the task slots fairly ({@code spark.scheduler.mode} is FAIR). What a
 * stage computes depends on its inputs alone, so the bits are those of stages run in turn.
 *
 * <p>The first stage that fails ends the others: their jobs are cancelled, they submit no more
 * ({@link #checkGoesOn}), and every result throws that failure.
 */
final class SideBySide implements AutoCloseable {
  private static final String POOL = "spark.scheduler.pool";

  /** Of the thread that a stage runs in. */
  private static final ThreadLocal<SideBySide> RUNNING = new ThreadLocal<>();

  private final JavaSparkContext spark;
  private final String name;
  private final ExecutorService threads;
  private final List<String> groups = new CopyOnWriteArrayList<>();
  private final AtomicReference<RuntimeException> failure = new AtomicReference<>();

  private SideBySide(JavaSparkContext spark, String name, ExecutorService threads) {
    this.spark = spark;
    this.name = name;
    this.threads = threads;
  }

  /** Stages that run at once, in jobs that Spark knows by {@code name}. */
  static SideBySide atOnce(JavaSparkContext spark, String name) {
    return new SideBySide(spark, name, Executors.newCachedThreadPool());
  }

  /** Stages that run one after the other, because memory does not hold them at once. */
  static SideBySide inTurn(JavaSparkContext spark, String name) {
    return new SideBySide(spark, name, Executors.newSingleThreadExecutor());
  }

  /** A stage that was started. */
  interface Pending<T> {

    /** Waits for its result. */
    T await();
  }

  /** Starts a stage; the result waits for it, and throws what made a stage fail. */
  <T> Pending<T> start(String stage, Supplier<T> body) {
    String group = name + " " + stage;
    groups.add(group);
    Future<T> result = threads.submit(() -> run(stage, group, body));
    return () -> await(result);
  }

  /**
   * What a stage asks before it does more: cancelling ends only the jobs that are submitted.
   *
   * @throws RuntimeException the failure of the stage that ended this thread's, if one did
   */
  static void checkGoesOn() {
    SideBySide stages = RUNNING.get();
    if (stages != null && stages.failure.get() != null) {
      throw stages.failure.get();
    }
  }

  private <T> T run(String stage, String group, Supplier<T> body) {
    RUNNING.set(this);
    spark.setLocalProperty(POOL, stage);
    spark.setJobGroup(group, stage, true);
    try {
      checkGoesOn();
      return body.get();
    } catch (RuntimeException e) {
      if (failure.compareAndSet(null, SparkFailures.explain(e))) {
        cancelOthers(group);
      }
      throw e;
    } finally {
      RUNNING.remove();
      spark.clearJobGroup();
      spark.setLocalProperty(POOL, null);
    }
  }

  private void cancelOthers(String failed) {
    groups.stream().filter(group -> !group.equals(failed)).forEach(spark::cancelJobGroup);
  }

  private <T> T await(Future<T> result) {
    try {
      return result.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedRunError stopped =
          new InterruptedRunError(
              "Stopped by a signal; repeat the command to go on from what is committed", e);
      failure.compareAndSet(null, stopped);
      groups.forEach(spark::cancelJobGroup);
      throw stopped;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw failure.get();
    }
  }

  /** Waits for no stage: those that nobody waited for are cancelled. */
  @Override
  public void close() {
    if (!threads.isTerminated()) {
      groups.forEach(spark::cancelJobGroup);
    }
    threads.shutdownNow();
  }
}
