package dev.retort.jobs.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar for the stage that has run longest, with its rate and the remaining time. */
final class ProgressBars implements ConsoleProgress {
  private static final int REFRESH_MILLIS = 500;
  private static final int WIDTH = 100;

  private final PrintStream err;
  private final List<Stage> running = new ArrayList<>();
  private ProgressBar bar;

  ProgressBars(PrintStream err) {
    this.err = err;
  }

  @Override
  public synchronized StageProgress stageStarted(String name, long totalUnits, String unit) {
    Stage stage = new Stage(name, totalUnits, unit);
    running.add(stage);
    if (running.size() == 1) {
      show(stage);
    }
    return stage;
  }

  @Override
  public synchronized void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }

  private void show(Stage stage) {
    bar =
        new ProgressBarBuilder()
            .setTaskName(stage.name)
            .setInitialMax(stage.total > 0 ? stage.total : -1)
            .setUnit(stage.unit.isEmpty() ? "" : " " + stage.unit, 1)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(REFRESH_MILLIS)
            .setConsumer(new ConsoleProgressBarConsumer(err, WIDTH))
            .startsFrom(stage.done, Duration.ofNanos(System.nanoTime() - stage.startedNanos))
            .showSpeed()
            .build();
  }

  private final class Stage implements StageProgress {
    private final String name;
    private final long total;
    private final String unit;
    private final long startedNanos = System.nanoTime();
    private long done;

    Stage(String name, long total, String unit) {
      this.name = name;
      this.total = total;
      this.unit = unit;
    }

    @Override
    public void advanced(long units) {
      synchronized (ProgressBars.this) {
        done += units;
        if (bar != null && running.get(0) == this) {
          bar.stepTo(done);
        }
      }
    }

    @Override
    public void finished(double seconds, boolean reused) {
      synchronized (ProgressBars.this) {
        close();
        running.remove(this);
        err.println(
            reused
                ? name + ": already in the store"
                : name + ": done in " + Quantities.seconds(seconds));
        if (!running.isEmpty()) {
          show(running.get(0));
        }
      }
    }
  }
}
