package dev.retort.jobs.spark;

import dev.retort.error.InfrastructureError;
import dev.retort.error.InterruptedRunError;
import dev.retort.error.RetortException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Tells what made a Spark job fail: the error that a task threw, or the cluster. Spark's own
 * exceptions are checked, arrive undeclared, and name their cause in words only.
 */
public final class SparkFailures {
  private static final int MOST_CAUSES = 50;

  /** What Spark and Hadoop say when it is the cluster's fault, in lower case. */
  private static final List<String> CLUSTER =
      List.of(
          "executorlostfailure",
          "lost executor",
          "executor heartbeat timed out",
          "all masters are unresponsive",
          "no space left on device",
          "failed to create local dir",
          "failed to create a temp directory",
          "sparkcontext was shut down",
          "cancelled because sparkcontext",
          "connection refused",
          "fetchfailed");

  /** What the JVM says when its heap, or the buffers beside it that are as large, are full. */
  private static final Pattern MEMORY = Pattern.compile("heap space|GC overhead|direct buffer");

  /** What Spark says of an executor that ended so; 52 is its exit code for it. */
  private static final Pattern EXECUTORS_MEMORY =
      Pattern.compile("OutOfMemoryError: (Java heap space|GC overhead)|exit(ed with)? code 52\\b");

  private static final String HEAP =
      "Cannot go on: the driver's heap of %,d MB is too small; set RETORT_DRIVER_MEMORY or --driver-memory to %dm or more, then repeat the command";

  /** Where the JDK's native calls on files are; the disk's failures are thrown there. */
  private static final List<String> FILE_CLASSES =
      List.of("java.io.FileOutputStream", "java.io.RandomAccessFile", "sun.nio.ch.");

  private SparkFailures() {}

  /** What to throw for {@code failure}: the user's error, the cluster's, or the failure itself. */
  public static RuntimeException explain(Throwable failure) {
    List<Throwable> causes =
        Stream.iterate(failure, each -> each != null, Throwable::getCause)
            .limit(MOST_CAUSES)
            .toList();
    // Spark's own message repeats ours, so that ours is looked for first, however deep it is.
    for (Throwable cause : causes) {
      if (cause instanceof RetortException known) {
        return known;
      }
    }
    for (Throwable cause : causes) {
      if (cause instanceof InterruptedException) {
        return new InterruptedRunError(
            "Stopped by a signal; repeat the command to go on from what is committed", failure);
      }
      if (isOfHeap(cause)) {
        return new InfrastructureError(
            HEAP.formatted(heapMegabytes(), 2 * heapMegabytes()), failure);
      }
      if (isOfExecutorsHeap(cause)) {
        return new InfrastructureError(
            "Cannot finish a Spark job: the heap of an executor is too small; give it more by --executor-memory, then repeat the command",
            failure);
      }
      if (isOfCluster(cause) || isOfDisk(cause)) {
        return new InfrastructureError(
            "Cannot finish a Spark job: %s; check executors, network and disks, then repeat the command"
                .formatted(firstLine(cause)),
            failure);
      }
    }
    return failure instanceof RuntimeException unchecked
        ? unchecked
        : new IllegalStateException(failure);
  }

  /** Whether this process has no memory left; of an executor's, only its words get here. */
  private static boolean isOfHeap(Throwable cause) {
    return cause instanceof OutOfMemoryError && MEMORY.matcher(text(cause)).find();
  }

  private static boolean isOfExecutorsHeap(Throwable cause) {
    return EXECUTORS_MEMORY.matcher(text(cause)).find();
  }

  private static long heapMegabytes() {
    return Runtime.getRuntime().maxMemory() >> 20;
  }

  private static String text(Throwable cause) {
    return String.valueOf(cause.getMessage());
  }

  /** Whether the system failed to write, whatever its language calls that. */
  private static boolean isOfDisk(Throwable cause) {
    StackTraceElement[] trace = cause.getStackTrace();
    return cause instanceof IOException
        && trace.length > 0
        && trace[0].isNativeMethod()
        && FILE_CLASSES.stream().anyMatch(trace[0].getClassName()::startsWith)
        && trace[0].getMethodName().contains("write");
  }

  private static boolean isOfCluster(Throwable cause) {
    String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    return CLUSTER.stream().anyMatch(text::contains);
  }

  private static String firstLine(Throwable cause) {
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("unknown");
  }
}
