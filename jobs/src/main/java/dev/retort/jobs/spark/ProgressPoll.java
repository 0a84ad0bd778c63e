package dev.retort.jobs.spark;

import java.util.function.LongConsumer;
import org.apache.spark.util.LongAccumulator;

/** Passes on what an accumulator gains while a job runs; closing it passes on the rest. */
final class ProgressPoll implements AutoCloseable {
  private static final long PERIOD_MILLIS = 500;

  private final LongAccumulator counted;
  private final LongConsumer progress;
  private final Thread thread = new Thread(this::poll, "retort-progress");
  private long passedOn;

  private ProgressPoll(LongAccumulator counted, LongConsumer progress) {
    this.counted = counted;
    this.progress = progress;
  }

  static ProgressPoll start(LongAccumulator counted, LongConsumer progress) {
    ProgressPoll poll = new ProgressPoll(counted, progress);
    poll.thread.setDaemon(true);
    poll.thread.start();
    return poll;
  }

  @Override
  public void close() {
    thread.interrupt();
    passOn();
  }

  private void poll() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        Thread.sleep(PERIOD_MILLIS);
        passOn();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void passOn() {
    long now = counted.value();
    if (now > passedOn) {
      progress.accept(now - passedOn);
      passedOn = now;
    }
  }
}
