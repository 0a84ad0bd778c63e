package dev.retort.jobs.run;

import dev.retort.error.InterruptedRunError;
import java.time.Duration;

/** This process's monotonic time: what a lease waits by. Tests put a fake one in its place. */
interface Ticker {
  /** The system's. */
  Ticker SYSTEM =
      new Ticker() {
        @Override
        public Duration now() {
          return Duration.ofNanos(System.nanoTime());
        }

        @Override
        public void sleep(Duration duration) {
          try {
            Thread.sleep(duration.toMillis());
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedRunError("Interrupted while watching the lease of the run", e);
          }
        }
      };

  Duration now();

  void sleep(Duration duration);
}
