package dev.retort.jobs.run;

import java.time.Duration;
import java.util.Arrays;
import org.apache.hadoop.fs.Path;

/**
 * What a clean is about to delete: an empty file {@code clean/<stage>.<fingerprint>} under the work
 * root while it decides and deletes, beside the lease of the cleaning process.
 *
 * <p>A run writes down its use of a result, then looks for a mark; a clean marks the result, then
 * looks for uses. So one of them sees the other: the clean leaves the result alone, or the run
 * waits until the clean is through with it. A run that finds the clean's lease without a beat takes
 * the mark away, and a clean deletes only what it still has marked. Thread-safe.
 */
final class CleanMarks {
  private final WorkFiles files;
  private final Path folder;
  private final LeaseFiles leases;

  CleanMarks(WorkRoot work, WorkFiles files) {
    this.files = files;
    this.folder = folder(work);
    this.leases = new LeaseFiles(files, folder);
  }

  static Path folder(WorkRoot work) {
    return new Path(work.path(), "clean");
  }

  void mark(StageAddress address) {
    files.put(mark(address.key()), Content.of(new byte[0]));
  }

  /** Whether the mark is still there. */
  boolean holds(StageAddress address) {
    return files.read(mark(address.key())).isPresent();
  }

  void unmark(StageAddress address) {
    files.discard(mark(address.key()));
  }

  /** Removes what an earlier clean, which has ended, left. */
  void clear() {
    files.list(folder).keySet().stream()
        .filter(name -> !LeaseFiles.isLease(name))
        .forEach(name -> files.discard(mark(name)));
  }

  /** Waits while a clean that is alive has the result marked. */
  void await(StageAddress address, LeaseTiming timing, Ticker ticker) {
    byte[] seen = null;
    Duration end = Duration.ZERO;
    while (files.list(folder).containsKey(address.key())) {
      byte[] lease = leases.read(leases.latest());
      if (!Arrays.equals(lease, seen)) {
        seen = lease;
        end = ticker.now().plus(timing.expiry());
      }
      if (Holder.isReleased(lease) || ticker.now().compareTo(end) >= 0) {
        // Its process has ended, or sleeps; without the mark it does not delete when it wakes.
        files.delete(mark(address.key()));
        return;
      }
      ticker.sleep(timing.poll());
    }
  }

  private Path mark(String key) {
    return new Path(folder, key);
  }
}
