package dev.retort.jobs.run;

import dev.retort.error.LeaseHeldError;
import dev.retort.error.UserError;
import dev.retort.jobs.run.CleanReport.Mode;
import dev.retort.jobs.run.StoreInventory.Choice;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes from a store what no run refers to, by {@link CleanRules}, and what attempts left that
 * were never committed.
 *
 * <p>Runs may go on meanwhile. A result is marked first, then all runs are asked again ({@link
 * CleanMarks}): one that has just written down its use keeps the result, one that comes later waits
 * until the result is gone and makes it anew. A kill leaves results that are whole, or absent for
 * every reader. Of several cleans of one work root one works at a time.
 *
 * <p>A run that finds the lease of a clean silent removes the mark and uses the result, although
 * the clean may only be suspended. {@link ResultRemoval} says what it does when it wakes, and what
 * remains open. Each leftover file goes only while the lease is held; none of them is ever read.
 */
public final class StoreClean {
  private static final Logger LOG = LoggerFactory.getLogger(StoreClean.class);

  /** Results that are marked together: few, for a run waits while its result is marked. */
  private static final int GROUP = 64;

  private final WorkRoot work;
  private final WorkFiles files;
  private final LeaseTiming timing;

  private StoreClean(WorkRoot work, LeaseTiming timing) {
    this.work = work;
    this.files = work.files();
    this.timing = timing;
  }

  /**
   * Cleans the store of {@code work}, or with {@link Mode#DRY_RUN} says what would go and touches
   * nothing.
   *
   * @throws UserError (exit 2) if there is no store, or a run does not say what it refers to
   * @throws LeaseHeldError if another clean works there
   */
  public static CleanReport clean(WorkRoot work, CleanRules rules, Mode mode) {
    return clean(work, rules, mode, LeaseTiming.DEFAULT);
  }

  /** As {@link #clean(WorkRoot, CleanRules, Mode)}, where leases have another rhythm. */
  static CleanReport clean(WorkRoot work, CleanRules rules, Mode mode, LeaseTiming timing) {
    StoreClean clean = new StoreClean(work, timing);
    clean.checkStore();
    if (mode == Mode.DRY_RUN) {
      StoreInventory inventory = clean.inventory(rules);
      return inventory.report(mode, inventory.removable());
    }
    return clean.delete(rules);
  }

  private void checkStore() {
    Path folder = Store.folder(work);
    if (files.list(folder).keySet().stream().noneMatch(FormatVersion::isMarker)) {
      throw UserError.usage(
          "Cannot clean %s: it has no store, must be the work root of runs; give its path or URI with --work"
              .formatted(work));
    }
    FormatVersion.check(files, folder, "the store");
  }

  private StoreInventory inventory(CleanRules rules) {
    return StoreInventory.of(work, rules, new LeaseWatch(files, timing, Ticker.SYSTEM));
  }

  private CleanReport delete(CleanRules rules) {
    files.makeFolder(CleanMarks.folder(work));
    try (Lease lease = lease()) {
      CleanMarks marks = new CleanMarks(work, files);
      marks.clear();
      ResultRemoval removal = new ResultRemoval(work, marks, () -> checkHeld(lease));
      removal.restoreAll();
      StoreInventory inventory = inventory(rules);
      List<Choice> removable = inventory.removable();
      List<Choice> removed = new ArrayList<>();
      for (int from = 0; from < removable.size(); from += GROUP) {
        checkHeld(lease);
        int to = Math.min(removable.size(), from + GROUP);
        removed.addAll(delete(removable.subList(from, to), marks, removal));
      }
      for (FileStatus leftover : inventory.leftovers()) {
        checkHeld(lease);
        files.delete(leftover.getPath());
      }
      CleanReport report = inventory.report(Mode.DELETE, removed);
      LOG.info(
          "Cleaned {}: {} results and {} leftover files, {} bytes",
          work,
          report.results().size(),
          report.leftovers().size(),
          report.freedBytes());
      return report;
    }
  }

  private Lease lease() {
    try {
      return Lease.acquire(files, CleanMarks.folder(work), timing);
    } catch (LeaseHeldError e) {
      throw new LeaseHeldError(
          "Cannot clean %s: another clean works there, must be the only one; wait for it"
              .formatted(work));
    }
  }

  private void checkHeld(Lease lease) {
    try {
      lease.checkHeld();
    } catch (LeaseHeldError e) {
      throw new LeaseHeldError(
          "Cannot go on cleaning %s: another clean works there since this one was suspended, must be the only one; wait for it"
              .formatted(work));
    }
  }

  /** Deletes those of {@code group} that still no run refers to. */
  private List<Choice> delete(List<Choice> group, CleanMarks marks, ResultRemoval removal) {
    List<Choice> deleted = new ArrayList<>();
    try {
      group.forEach(choice -> marks.mark(choice.stage().address()));
      Set<String> used = RunReferences.read(work, files).keys();
      for (Choice choice : group) {
        StageAddress address = choice.stage().address();
        if (!used.contains(address.key()) && removal.remove(address)) {
          deleted.add(choice);
        }
      }
    } finally {
      group.forEach(choice -> marks.unmark(choice.stage().address()));
    }
    return deleted;
  }
}
