package dev.retort.jobs.run;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.fs.Path;

/** Tells which of several runs are alive, by whether their leases beat within one expiry. */
final class LeaseWatch {
  private final WorkFiles files;
  private final LeaseTiming timing;
  private final Ticker ticker;

  LeaseWatch(WorkFiles files, LeaseTiming timing, Ticker ticker) {
    this.files = files;
    this.timing = timing;
    this.ticker = ticker;
  }

  /**
   * Those of {@code runs}, folders with leases, whose holders live; waits only for doubtful ones.
   */
  Set<Path> alive(Set<Path> runs) {
    Map<Path, byte[]> doubtful = new TreeMap<>();
    for (Path run : runs) {
      byte[] lease = lease(run);
      // A lease that is just being written in its place reads as empty: its holder lives.
      if (!Holder.isReleased(lease) && new LeaseFiles(files, run).latest() > 0) {
        doubtful.put(run, lease);
      }
    }
    Set<Path> alive = new TreeSet<>();
    Duration end = ticker.now().plus(timing.expiry());
    while (doubtful.size() > alive.size() && ticker.now().compareTo(end) < 0) {
      ticker.sleep(timing.poll());
      doubtful.forEach(
          (run, seen) -> {
            if (!Arrays.equals(seen, lease(run))) {
              alive.add(run);
            }
          });
    }
    return alive;
  }

  /** The newest lease as it is; empty if there is none. */
  private byte[] lease(Path run) {
    LeaseFiles leases = new LeaseFiles(files, run);
    int latest = leases.latest();
    return latest == 0 ? new byte[0] : leases.read(latest);
  }
}
