package dev.retort.jobs.run;

import java.time.Duration;

/**
 * The rhythm of a lease.
 *
 * @param heartbeat how often the holder changes its lease
 * @param expiry how long a newcomer watches an unchanging lease before it takes the run over
 * @param poll how often the newcomer looks
 */
public record LeaseTiming(Duration heartbeat, Duration expiry, Duration poll) {
  /** Heartbeat 2 s, expiry 8 s. */
  public static final LeaseTiming DEFAULT =
      new LeaseTiming(Duration.ofSeconds(2), Duration.ofSeconds(8), Duration.ofMillis(250));

  public LeaseTiming {
    if (expiry.compareTo(heartbeat.multipliedBy(2)) < 0 || poll.compareTo(heartbeat) > 0) {
      throw new IllegalArgumentException(
          "heartbeat %s, expiry %s, poll %s".formatted(heartbeat, expiry, poll));
    }
  }
}
