package dev.retort.jobs.cli;

import dev.retort.error.ExitCode;
import dev.retort.jobs.spark.DeployMode;
import dev.retort.jobs.spark.SparkSessions;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * Ends an interrupted process in order: on SIGINT and SIGTERM the command is interrupted and given
 * time to put its affairs in order, then Spark stops, then the process ends with 130.
 *
 * <p>Works through Hadoop's shutdown hooks, which run by priority; Spark stops its context at 50.
 */
final class Interruption {
  private static final int BEFORE_SPARK = 100;
  private static final int AFTER_ALL = 0;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Thread command;
  private final AtomicBoolean finished = new AtomicBoolean();

  private Interruption(Thread command) {
    this.command = command;
  }

  /** Watches for signals while {@code command} runs. */
  static Interruption watch(Thread command) {
    Interruption interruption = new Interruption(command);
    ShutdownHookManager hooks = ShutdownHookManager.get();
    hooks.addShutdownHook(interruption::stopCommand, BEFORE_SPARK);
    hooks.addShutdownHook(interruption::end, AFTER_ALL);
    return interruption;
  }

  /**
   * Ends the process with {@code code}, unless a signal is ending it already. A driver in the
   * cluster that did its work returns instead: YARN takes an application that exits, be it with 0,
   * for one that failed.
   */
  void finish(int code) {
    if (!ShutdownHookManager.get().isShutdownInProgress()) {
      finished.set(true);
      if (code == ExitCode.OK.code() && DeployMode.ofThisProcess() == DeployMode.CLUSTER) {
        SparkSessions.stop();
      } else {
        System.exit(code);
      }
    }
  }

  private void stopCommand() {
    if (finished.get()) {
      return;
    }
    command.interrupt();
    try {
      command.join(PATIENCE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void end() {
    if (!finished.get()) {
      Runtime.getRuntime().halt(ExitCode.INTERRUPTED.code());
    }
  }
}
