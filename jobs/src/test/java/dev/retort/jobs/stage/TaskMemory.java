package dev.retort.jobs.stage;

import dev.retort.jobs.spark.ShardComputation;
import dev.retort.runtime.ResidentMemory;
import dev.retort.runtime.SessionCache;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/**
 * A process that does what the tasks of an executor do, without Spark: it reads shards ahead from
 * the store, runs them in one shared session and writes what it computes. It prints by how many
 * bytes its resident memory was greater, at its peak, than before its first session of the model.
 *
 * <p>Its heap must be resident from the beginning ({@code -XX:+AlwaysPreTouch}).
 */
final class TaskMemory {
  /** Both sets of buffers are in use, and the first one twice. */
  private static final int SHARDS_A_TASK = 3;

  private static final int WARM_UPS = 20;

  private TaskMemory() {}

  /**
   * Measures.
   *
   * @param arguments a folder for what is written; the file of a serialized computation to warm up
   *     with, and of the one to measure; tasks at a time
   */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    ShardComputation warmUp = read(Path.of(arguments[1]));
    ShardComputation measured = read(Path.of(arguments[2]));
    int tasks = Integer.parseInt(arguments[3]);
    for (int i = 0; i < WARM_UPS; i++) {
      runTasks(warmUp, tasks, folder.resolve("warm-up-" + i));
    }
    SessionCache.ofThisJvm().evictIdle();
    System.gc();
    long before = ResidentMemory.ofThisProcess().nowBytes();
    runTasks(measured, tasks, folder.resolve("measured"));
    System.out.println(ResidentMemory.ofThisProcess().peakBytes() - before);
  }

  private static ShardComputation read(Path file) throws IOException, ClassNotFoundException {
    try (ObjectInputStream in = new ObjectInputStream(Files.newInputStream(file))) {
      return (ShardComputation) in.readObject();
    }
  }

  private static void runTasks(ShardComputation computation, int tasks, Path target)
      throws Exception {
    Files.createDirectories(target);
    ExecutorService threads = Executors.newFixedThreadPool(tasks);
    try {
      List<Callable<Integer>> work = new ArrayList<>();
      for (int task = 0; task < tasks; task++) {
        int first = task * SHARDS_A_TASK;
        Path file = target.resolve("task-" + task);
        work.add(() -> run(computation, first, file));
      }
      for (Future<Integer> done : threads.invokeAll(work)) {
        if (done.get() == 0) {
          throw new IllegalStateException("a task has no samples");
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static int run(ShardComputation computation, int first, Path file) throws IOException {
    int[] shards = IntStream.range(first, first + SHARDS_A_TASK).toArray();
    int samples = 0;
    try (ShardComputation.Worker worker = computation.open(shards)) {
      worker.begin(
          FileSystem.getLocal(new Configuration()).getRaw(),
          new org.apache.hadoop.fs.Path(file.toUri()));
      for (int shard : shards) {
        samples += worker.compute(shard).samples();
      }
      worker.end();
    }
    return samples;
  }
}
