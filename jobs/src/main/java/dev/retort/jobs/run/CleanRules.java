package dev.retort.jobs.run;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which results that no run refers to a clean removes: all of them, unless a rule says less. Each
 * rule adds what it names.
 *
 * @param olderThan those last written longer ago
 * @param mostBytes the oldest, until the store has no more than so many bytes
 * @param now the time that ages count to
 */
public record CleanRules(Optional<Duration> olderThan, OptionalLong mostBytes, Instant now) {
  /** No attempt takes as long: what it has not committed by then, it left. */
  static final Duration SAFE_AGE = Duration.ofDays(1);

  /** Every result that no run refers to, as of now. */
  public static CleanRules all() {
    return new CleanRules(Optional.empty(), OptionalLong.empty(), Instant.now());
  }

  boolean takesAll() {
    return olderThan.isEmpty() && mostBytes.isEmpty();
  }

  /** Whether a result is too old to be kept. */
  boolean isTooOld(Instant written) {
    return olderThan.isPresent() && written.isBefore(now.minus(olderThan.get()));
  }

  /** Whether a store of {@code bytes} bytes is too large. */
  boolean isTooMuch(long bytes) {
    return mostBytes.isPresent() && bytes > mostBytes.getAsLong();
  }

  /** Whether a file that no manifest names can only have been left. */
  boolean isLeft(Instant written) {
    return written.isBefore(now.minus(SAFE_AGE));
  }
}
