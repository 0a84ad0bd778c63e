package dev.retort.jobs.run;

import dev.retort.error.UserError;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * What the runs of a work root refer to in its store.
 *
 * @param uses the results' keys by the run's folder
 */
record RunReferences(NavigableMap<Path, NavigableSet<String>> uses) {
  RunReferences {
    uses = new TreeMap<>(uses);
  }

  /**
   * What all runs have written down by now.
   *
   * @throws UserError (exit 2) if one has done work but does not say what it refers to, or is of
   *     another version
   */
  static RunReferences read(WorkRoot work, WorkFiles files) {
    NavigableMap<Path, NavigableSet<String>> uses = new TreeMap<>();
    for (FileStatus status : files.statuses(RunDirectory.all(work))) {
      if (status.isDirectory()) {
        Path run = status.getPath();
        FormatVersion.check(files, run, "the run directory");
        NavigableSet<String> keys =
            new RunUses(files, run).keys().map(TreeSet::new).orElseGet(TreeSet::new);
        if (keys.isEmpty() && hasWorked(run, files)) {
          throw UserError.usage(
              "Cannot clean %s: run %s has results, but its folder uses/ names none, must name all; repeat its command, or delete the run"
                  .formatted(work, run.getName()));
        }
        uses.put(run, keys);
      }
    }
    return new RunReferences(uses);
  }

  /** The folders of the runs. */
  Set<Path> runs() {
    return uses.keySet();
  }

  /** The keys of all results that a run refers to. */
  Set<String> keys() {
    return keysOf(uses.keySet());
  }

  /** The keys of the results that one of {@code some} runs refers to. */
  Set<String> keysOf(Set<Path> some) {
    Set<String> keys = new TreeSet<>();
    some.forEach(run -> keys.addAll(uses.get(run)));
    return keys;
  }

  private static boolean hasWorked(Path run, WorkFiles files) {
    return files.list(run).containsKey(RunDirectory.MANIFEST)
        || Events.read(files, new Path(run, RunDirectory.EVENTS)).stream()
            .anyMatch(event -> EventKind.STAGE_END.isOf(event));
  }
}
