package dev.retort.jobs.run;

import java.time.Instant;
import java.util.List;

/**
 * What a clean removed, or would remove.
 *
 * @param mode whether it was only a look
 * @param results stages' results, oldest first
 * @param leftovers files of attempts that were not committed
 * @param freedBytes of both
 * @param keptBytes of what stays in the store
 * @param referencedBytes of results that runs refer to; they stay
 * @param runs how many runs there are
 */
public record CleanReport(
    Mode mode,
    List<Removal> results,
    List<Removal> leftovers,
    long freedBytes,
    long keptBytes,
    long referencedBytes,
    int runs) {
  public CleanReport {
    results = List.copyOf(results);
    leftovers = List.copyOf(leftovers);
  }

  /** Whether anything is deleted. */
  public enum Mode {
    DRY_RUN,
    DELETE
  }

  /**
   * A result or a file.
   *
   * @param path from the store on
   * @param bytes of all its files
   * @param written when it was last written to
   * @param reason why it may go
   */
  public record Removal(String path, long bytes, Instant written, String reason) {}
}
