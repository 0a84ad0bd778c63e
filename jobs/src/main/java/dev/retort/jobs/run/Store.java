package dev.retort.jobs.run;

import dev.retort.error.InfrastructureError;
import dev.retort.error.UserError;
import dev.retort.provenance.Sha256;
import org.apache.hadoop.fs.Path;

/**
 * The store of all stages' results under a work root, shared by every run: results are found by
 * what they were made from, never by who made them.
 *
 * <p>Nothing is overwritten or renamed. Data files and manifests have names that no other attempt
 * uses; a manifest is written last, ends with its own hash, and counts as absent unless it and its
 * data are whole. So a kill at any moment leaves a readable store, on file systems and object
 * stores alike. Thread-safe.
 */
public final class Store {
  private final WorkRoot work;

  private Store(WorkRoot work) {
    this.work = work;
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
    Path probe = new Path(folder, "probe-" + Attempt.begin());
    files.create(probe, Content.of("x"));
    files.discard(probe);
    return new Store(work);
  }

  /**
   * Opens the store for a look, without making it where there is none.
   *
   * @throws UserError (exit 2) if the root has an unknown scheme or holds a store of another
   *     version
   */
  public static Store look(WorkRoot work) {
    FormatVersion.check(work.files(), folder(work), "the store");
    return new Store(work);
  }

  /** The results of {@code stage} for the inputs and settings of {@code fingerprint}. */
  public StageStore open(String stage, Sha256 fingerprint) {
    return new StageAddress(work, stage, fingerprint).open();
  }

  public WorkRoot work() {
    return work;
  }

  static Path folder(WorkRoot work) {
    return new Path(work.path(), "store");
  }
}
