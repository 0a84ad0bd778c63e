package dev.retort.jobs.run;

import dev.retort.error.InfrastructureError;
import dev.retort.error.UserError;
import dev.retort.provenance.Sha256;
import java.util.function.Consumer;
import org.apache.hadoop.fs.Path;

/**
 * The store of all stages' results under a work root, shared by every run: results are found by
 * what they were made from, never by who made them.
 *
 * <p>No run overwrites or renames anything. Data files and manifests have names that no other
 * attempt uses; a manifest is written last, ends with its own hash, and counts as absent unless it
 * and its data are whole. So a kill at any moment leaves a readable store, on file systems and
 * object stores alike. Thread-safe.
 */
public final class Store {
  /** Begins the name of the file that shows whether the store can be written to. */
  private static final String PROBE = "probe-";

  private final WorkRoot work;
  private final Consumer<StageAddress> beforeUse;

  private Store(WorkRoot work, Consumer<StageAddress> beforeUse) {
    this.work = work;
    this.beforeUse = beforeUse;
  }

  /**
   * Opens the store, making it if there is none, and tries to write to it.
   *
   * @throws UserError (exit 2) if the root has an unknown scheme, may not be written to, or holds a
   *     store of another version
   * @throws InfrastructureError if the storage does not answer or is full
   */
  public static Store open(WorkRoot work) {
    WorkFiles files = work.files();
    Path folder = folder(work);
    files.makeFolder(folder);
    FormatVersion.check(files, folder, "the store");
    FormatVersion.mark(files, folder);
    Path probe = new Path(folder, PROBE + Attempt.begin());
    files.create(probe, Content.of("x"));
    files.discard(probe);
    return new Store(work, address -> {});
  }

  /**
   * Opens the store for a look, without making it where there is none.
   *
   * @throws UserError (exit 2) if the root has an unknown scheme or holds a store of another
   *     version
   */
  public static Store look(WorkRoot work) {
    FormatVersion.check(work.files(), folder(work), "the store");
    return new Store(work, address -> {});
  }

  /**
   * Makes sure that {@link #open} may write below {@code work}, as far as that shows without
   * writing.
   *
   * @throws UserError (exit 2) if it may not
   */
  public static void requireWritable(WorkRoot work) {
    StorageErrors.requireWritable("create", folder(work));
  }

  /** This store for a run: it writes down each stage that it opens, so that no clean deletes it. */
  public Store usedBy(RunWriter run) {
    CleanMarks marks = new CleanMarks(work, work.files());
    return new Store(
        work,
        address -> {
          run.use(address);
          marks.await(address, LeaseTiming.DEFAULT, Ticker.SYSTEM);
        });
  }

  /** The results of {@code stage} for the inputs and settings of {@code fingerprint}. */
  public StageStore open(String stage, Sha256 fingerprint) {
    StageAddress address = new StageAddress(work, stage, fingerprint);
    beforeUse.accept(address);
    return address.open();
  }

  public WorkRoot work() {
    return work;
  }

  static boolean isProbe(String name) {
    return name.startsWith(PROBE);
  }

  static Path folder(WorkRoot work) {
    return new Path(work.path(), "store");
  }
}
