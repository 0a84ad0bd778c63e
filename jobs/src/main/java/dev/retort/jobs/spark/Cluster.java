package dev.retort.jobs.spark;

import dev.retort.error.UserError;
import dev.retort.runtime.MachineMemory;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.BlockManagerId;
import scala.Tuple4;

/**
 * The machines that a run computes on.
 *
 * @param cpuClasses the distinct classes that executors reported, sorted; one on a uniform cluster
 * @param slots tasks that run at once
 * @param hosts where executors run, one at least
 */
public record Cluster(List<String> cpuClasses, int slots, List<Host> hosts) {
  static final String REMEDY =
      "choose equal nodes, or set allow-mixed-cpu: true and lose bit-identical results";

  private static final int TASKS_A_SLOT = 4;

  public Cluster {
    cpuClasses = List.copyOf(cpuClasses);
    hosts = List.copyOf(hosts);
  }

  /**
   * A machine or container that executors run on.
   *
   * @param name as Spark calls it
   * @param executors how many run there and share its memory
   * @param availableBytes the least memory that one of them found free
   */
  public record Host(String name, int executors, long availableBytes) {

    /** What each of its executors may take, if all take as much. */
    public long shareBytes() {
      return availableBytes / executors;
    }

    private static Host of(String name, Collection<Answer> answers) {
      long executors = answers.stream().map(Answer::executor).distinct().count();
      long available = answers.stream().mapToLong(Answer::availableBytes).min().orElseThrow();
      return new Host(name, Math.toIntExact(executors), available);
    }
  }

  /** What a task told of its executor. */
  private record Answer(String host, String executor, String cpuClass, long availableBytes) {
    private static Answer of(Tuple4<String, String, String, Long> told) {
      return new Answer(told._1(), told._2(), told._3(), told._4());
    }
  }

  /** Asks every executor; tasks are several a slot, so that each one answers. */
  public static Cluster of(JavaSparkContext spark) {
    return of(spark, OneCpuClass.Reading.ofThisMachine());
  }

  static Cluster of(JavaSparkContext spark, OneCpuClass.Reading reading) {
    int asked = spark.defaultParallelism() * TASKS_A_SLOT;
    spark.setJobDescription("Ask executors for their processors and memory");
    List<Integer> tasks = IntStream.range(0, asked).boxed().toList();
    List<Answer> answers =
        spark.parallelize(tasks, tasks.size()).map(task -> answer(reading)).collect().stream()
            .map(Answer::of)
            .toList();
    return new Cluster(
        answers.stream().map(Answer::cpuClass).distinct().sorted().toList(),
        slots(spark.sc()),
        hosts(answers));
  }

  private static Tuple4<String, String, String, Long> answer(OneCpuClass.Reading reading) {
    BlockManagerId here = SparkEnv.get().blockManager().blockManagerId();
    return new Tuple4<>(
        here.host(), here.executorId(), reading.cpuClass(), MachineMemory.availableBytes());
  }

  private static List<Host> hosts(List<Answer> answers) {
    return answers.stream()
        .collect(Collectors.groupingBy(Answer::host, TreeMap::new, Collectors.toList()))
        .entrySet()
        .stream()
        .map(host -> Host.of(host.getKey(), host.getValue()))
        .toList();
  }

  /** The host that leaves each of its executors the least memory. */
  public Host tightest() {
    return hosts.stream().min(Comparator.comparingLong(Host::shareBytes)).orElseThrow();
  }

  /** The least memory that a host has free. */
  public long availableBytes() {
    return hosts.stream().mapToLong(Host::availableBytes).min().orElseThrow();
  }

  /** How many executors answered; on embedded Spark the driver is the only one. */
  public int executors() {
    return hosts.stream().mapToInt(Host::executors).sum();
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
