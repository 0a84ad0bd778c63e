package dev.retort.jobs.spark;

import dev.retort.error.InfrastructureError;
import dev.retort.error.InterruptedRunError;
import dev.retort.error.RetortException;
import java.util.List;
import java.util.Locale;

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
          "sparkcontext was shut down",
          "cancelled because sparkcontext",
          "connection refused",
          "fetchfailed");

  private SparkFailures() {}

  /** What to throw for {@code failure}: the user's error, the cluster's, or the failure itself. */
  public static RuntimeException explain(Throwable failure) {
    Throwable cause = failure;
    for (int i = 0; cause != null && i < MOST_CAUSES; i++, cause = cause.getCause()) {
      if (cause instanceof RetortException known) {
        return known;
      }
      if (cause instanceof InterruptedException) {
        return new InterruptedRunError(
            "Stopped by a signal; repeat the command to go on from what is committed", failure);
      }
      if (isOfCluster(cause)) {
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

  private static boolean isOfCluster(Throwable cause) {
    String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    return CLUSTER.stream().anyMatch(text::contains);
  }

  private static String firstLine(Throwable cause) {
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("unknown");
  }
}
