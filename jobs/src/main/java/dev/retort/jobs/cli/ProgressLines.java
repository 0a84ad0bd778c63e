package dev.retort.jobs.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A line now and then for logs: how much of each running stage is done, its rate, what is left. */
final class ProgressLines implements ConsoleProgress {
  private static final int PERIOD_SECONDS = 30;
  private static final double NANOS_A_SECOND = 1e9;

  private final PrintStream err;
  private final LongSupplier nanoClock;
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1, this::daemon);
  private final List<Stage> running = new ArrayList<>();

  ProgressLines(PrintStream err, LongSupplier nanoClock) {
    this.err = err;
    this.nanoClock = nanoClock;
  }

  static ProgressLines every30Seconds(PrintStream err) {
    ProgressLines lines = new ProgressLines(err, System::nanoTime);
    var unused =
        lines.timer.scheduleAtFixedRate(
            lines::printLines, PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
    return lines;
  }

  @Override
  public synchronized StageProgress stageStarted(String name, long totalUnits, String unit) {
    Stage stage = new Stage(name, totalUnits, unit, nanoClock.getAsLong());
    running.add(stage);
    return stage;
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  /** What is said now; nothing between stages. */
  synchronized void printLines() {
    running.forEach(stage -> err.println(stage.line(nanoClock.getAsLong())));
  }

  private final class Stage implements StageProgress {
    private final String name;
    private final long total;
    private final String unit;
    private final long startedNanos;
    private long done;

    Stage(String name, long total, String unit, long startedNanos) {
      this.name = name;
      this.total = total;
      this.unit = unit;
      this.startedNanos = startedNanos;
    }

    @Override
    public void advanced(long units) {
      synchronized (ProgressLines.this) {
        done += units;
      }
    }

    @Override
    public void finished(double seconds, boolean reused) {
      synchronized (ProgressLines.this) {
        running.remove(this);
      }
    }

    private String line(long nowNanos) {
      double seconds = (nowNanos - startedNanos) / NANOS_A_SECOND;
      return name + ": " + (unit.isEmpty() ? "" : counted(seconds)) + spent(seconds);
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
