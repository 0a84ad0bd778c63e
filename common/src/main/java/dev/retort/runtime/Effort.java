package dev.retort.runtime;

import java.time.Duration;

/**
 * How long a measurement may take.
 *
 * @param warmUpRuns runs of each candidate that do not count
 * @param rounds how often all candidates take their turn
 * @param runsPerRound counted runs of a candidate in its turn, after one that does not count
 * @param budget the time after which no further round begins; three take place in any case
 */
public record Effort(int warmUpRuns, int rounds, int runsPerRound, Duration budget) {
  /** Rounds that take place however long they last. */
  static final int LEAST_ROUNDS = 3;

  public Effort {
    if (warmUpRuns < 0 || rounds < LEAST_ROUNDS || runsPerRound < 1) {
      throw new IllegalArgumentException(
          "warmUpRuns is %d, rounds %d, runsPerRound %d, must be 0, %d and 1 or more"
              .formatted(warmUpRuns, rounds, runsPerRound, LEAST_ROUNDS));
    }
  }

  /** For figures that stand in reports: 40 rounds of 10 runs, about ten seconds at most. */
  public static Effort thorough() {
    return new Effort(30, 40, 10, Duration.ofSeconds(10));
  }

  /** For choices: 10 rounds of 3 runs, about three seconds at most. */
  public static Effort brief() {
    return new Effort(5, 10, 3, Duration.ofSeconds(3));
  }

  /** Whether round {@code round}, counted from 0, takes place. */
  boolean continues(int round, long startNanos) {
    boolean inBudget = System.nanoTime() - startNanos < budget.toNanos();
    return round < rounds && (round < LEAST_ROUNDS || inBudget);
  }
}
