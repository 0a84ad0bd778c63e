package dev.retort.jobs.spark;

import dev.retort.error.UserError;
import dev.retort.runtime.MachineMemory;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/**
 * The machines that a run computes on.
 *
 * @param cpuClasses the distinct classes that executors reported, sorted; one on a uniform cluster
 * @param slots tasks that run at once
 * @param availableBytes the least memory that a machine of an executor had free
 */
public record Cluster(List<String> cpuClasses, int slots, long availableBytes) {
  static final String REMEDY =
      "choose equal nodes, or set allow-mixed-cpu: true and lose bit-identical results";

  private static final int TASKS_A_SLOT = 4;

  public Cluster {
    cpuClasses = List.copyOf(cpuClasses);
  }

  /** Asks every executor; tasks are several a slot, so that each one answers. */
  public static Cluster of(JavaSparkContext spark) {
    return of(spark, OneCpuClass.Reading.ofThisMachine());
  }

  static Cluster of(JavaSparkContext spark, OneCpuClass.Reading reading) {
    int asked = spark.defaultParallelism() * TASKS_A_SLOT;
    spark.setJobDescription("Ask executors for their processors and memory");
    List<Integer> tasks = IntStream.range(0, asked).boxed().toList();
    Map<String, Long> available =
        spark
            .parallelize(tasks, tasks.size())
            .mapToPair(task -> new Tuple2<>(reading.cpuClass(), MachineMemory.availableBytes()))
            .reduceByKey(Math::min, 1)
            .collectAsMap();
    return new Cluster(
        available.keySet().stream().sorted().toList(),
        slots(spark.sc()),
        Collections.min(available.values()));
  }

  /** Spark's own count; its default parallelism is 2 even where one executor has one core. */
  private static int slots(SparkContext spark) {
    return Math.max(
        1, spark.maxNumConcurrentTasks(spark.resourceProfileManager().defaultResourceProfile()));
  }

  /**
   * The class that fingerprints name.
   *
   * @throws UserError if executors differ and the recipe does not allow it
   */
  public String cpuClass(MixedCpus mixed) {
    if (cpuClasses.size() > 1 && mixed == MixedCpus.REFUSED) {
      throw UserError.usage(
          "Cannot run on this cluster: its executors have processors of %d classes (%s), must be one; %s"
              .formatted(cpuClasses.size(), String.join("; ", cpuClasses), REMEDY));
    }
    return String.join(" | ", cpuClasses);
  }

  /** {@code computation} for executors that register later, too, where they have to be alike. */
  public ShardComputation guarded(ShardComputation computation, MixedCpus mixed) {
    return mixed == MixedCpus.ALLOWED
        ? computation
        : new OneCpuClass(cpuClass(mixed), OneCpuClass.Reading.ofThisMachine(), computation);
  }

  /** What a recipe says of executors whose processors differ. */
  public enum MixedCpus {
    REFUSED,
    ALLOWED
  }
}
