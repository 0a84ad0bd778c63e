package dev.retort.jobs.cli;

import dev.retort.jobs.stage.ProgressListener;
import java.io.PrintStream;

/** Shows progress on the console: a bar on a terminal, a line every 30 s otherwise. */
interface ConsoleProgress extends ProgressListener, AutoCloseable {
  /** Set to 1 by the launcher where standard error is a terminal; Java cannot tell. */
  String TERMINAL = "RETORT_TERMINAL";

  /** On standard error, which logs share; standard output is for results. */
  static ConsoleProgress start() {
    return on(System.err);
  }

  /** What suits {@code err}: the launcher tells whether it is a terminal. */
  static ConsoleProgress on(PrintStream err) {
    return "1".equals(System.getenv(TERMINAL))
        ? new ProgressBars(err)
        : ProgressLines.every30Seconds(err);
  }

  @Override
  void close();
}
