package dev.retort.jobs.run;

import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.fs.Path;

/**
 * The stage results that a run refers to: an empty file {@code uses/<stage>.<fingerprint>} in its
 * directory for each, made before the run looks for the result, so that {@link StoreClean} never
 * deletes what a run reads, or is about to read. A name is written at once or not at all: a kill
 * leaves no half a list. Thread-safe.
 */
final class RunUses {
  static final String FOLDER = "uses";

  private final WorkFiles files;
  private final Path folder;
  private final Set<String> known = ConcurrentHashMap.newKeySet();

  /** The uses of the run whose directory is {@code run}. */
  RunUses(WorkFiles files, Path run) {
    this.files = files;
    this.folder = new Path(run, FOLDER);
  }

  void add(StageAddress address) {
    if (!known.contains(address.key())) {
      files.put(new Path(folder, address.key()), Content.of(new byte[0]));
      known.add(address.key());
    }
  }

  /** The keys of the results; empty if the run has not said yet what it uses. */
  Optional<SortedSet<String>> keys() {
    SortedSet<String> keys = new TreeSet<>(files.list(folder).keySet());
    keys.removeIf(WorkFiles::isUnfinished);
    return keys.isEmpty() ? Optional.empty() : Optional.of(keys);
  }
}
