package dev.retort.jobs.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A line now and then for logs: how much of the running stage is done, its rate, what is left. */
final class ProgressLines implements ConsoleProgress {
  private static final int PERIOD_SECONDS = 30;
  private static final double NANOS_A_SECOND = 1e9;

  private final PrintStream err;
  private final LongSupplier nanoClock;
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1, this::daemon);
  private String stage;
  private String unit;
  private long total;
  private long done;
  private long startedNanos;

  ProgressLines(PrintStream err, LongSupplier nanoClock) {
    this.err = err;
    this.nanoClock = nanoClock;
  }

  static ProgressLines every30Seconds(PrintStream err) {
    ProgressLines lines = new ProgressLines(err, System::nanoTime);
    var unused =
        lines.timer.scheduleAtFixedRate(
            lines::printLine, PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
    return lines;
  }

  @Override
  public synchronized void stageStarted(String name, long totalUnits, String unitName) {
    stage = name;
    unit = unitName;
    total = totalUnits;
    done = 0;
    startedNanos = nanoClock.getAsLong();
  }

  @Override
  public synchronized void advanced(long units) {
    done += units;
  }

  @Override
  public synchronized void stageFinished(String name, double seconds, boolean reused) {
    stage = null;
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  /** What a line says now; nothing between stages. */
  synchronized void printLine() {
    if (stage == null) {
      return;
    }
    double seconds = (nanoClock.getAsLong() - startedNanos) / NANOS_A_SECOND;
    err.println(stage + ": " + (unit.isEmpty() ? "" : counted(seconds)) + spent(seconds));
  }

  private String counted(double seconds) {
    double rate = done / Math.max(seconds, 1e-3);
    StringBuilder text = new StringBuilder(Quantities.grouped(done));
    if (total > 0) {
      text.append(" of ").append(Quantities.grouped(total));
    }
    text.append(' ').append(unit).append(", ");
    text.append(Quantities.grouped(Math.round(rate))).append(" a second, ");
    if (total > done && rate > 0) {
      Duration left = Duration.ofSeconds(Math.round((total - done) / rate));
      text.append(Quantities.seconds(left)).append(" left, ");
    }
    return text.toString();
  }

  private static String spent(double seconds) {
    return Quantities.seconds(Duration.ofSeconds(Math.round(seconds))) + " so far";
  }

  private Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "retort-progress-lines");
    thread.setDaemon(true);
    return thread;
  }
}
