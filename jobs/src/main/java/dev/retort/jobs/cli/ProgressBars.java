package dev.retort.jobs.cli;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar for the running stage, with its rate and the remaining time. */
final class ProgressBars implements ConsoleProgress {
  private static final int REFRESH_MILLIS = 500;
  private static final int WIDTH = 100;

  private final PrintStream err;
  private ProgressBar bar;

  ProgressBars(PrintStream err) {
    this.err = err;
  }

  @Override
  public synchronized void stageStarted(String name, long totalUnits, String unit) {
    close();
    bar =
        new ProgressBarBuilder()
            .setTaskName(name)
            .setInitialMax(totalUnits > 0 ? totalUnits : -1)
            .setUnit(unit.isEmpty() ? "" : " " + unit, 1)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(REFRESH_MILLIS)
            .setConsumer(new ConsoleProgressBarConsumer(err, WIDTH))
            .showSpeed()
            .build();
  }

  @Override
  public synchronized void advanced(long units) {
    if (bar != null) {
      bar.stepBy(units);
    }
  }

  @Override
  public synchronized void stageFinished(String name, double seconds, boolean reused) {
    close();
    err.println(
        reused
            ? name + ": already in the store"
            : name + ": done in " + Quantities.seconds(seconds));
  }

  @Override
  public synchronized void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
