package dev.retort.jobs.run;

import dev.retort.error.LeaseHeldError;
import dev.retort.provenance.Sha256;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * Takes marked results out of a store such that a run which has taken over the mark, while this
 * process was suspended for longer than its lease lasts, loses nothing.
 *
 * <p>Each removal asks for the mark and the lease, makes the result invisible, asks again, and only
 * then deletes; if the mark was taken in between, the result comes back.
 *
 * <ul>
 *   <li>On disks and HDFS one rename makes the result invisible, as {@code
 *       clean/aside/<stage>.<fingerprint>.<attempt>}. A run that comes then finds nothing and makes
 *       the result anew, in a folder that is not touched again: the deletion itself, however late,
 *       harms nobody.
 *   <li>Object stores have no such rename. There the manifests go first, one by one, and come back
 *       from memory; data files go by name, so that what a run has made anew stays.
 * </ul>
 *
 * <p>What remains: a process suspended between the first question and the rename (or, in an object
 * store, the deletion of a manifest) makes a result that a run reads invisible when it wakes, until
 * it has asked again, which it does at once. A run that reads just then finds it whole or absent;
 * it makes it anew, or ends with exit code 10 and makes it anew when its command is repeated. If
 * the process is killed in that moment, the next clean puts back what was set aside; in an object
 * store it stays absent, and each run that needs it makes it anew.
 */
final class ResultRemoval {
  private static final Pattern ASIDE =
      Pattern.compile("([a-z][a-z0-9-]*)\\.([0-9a-f]{64})\\.[0-9a-f]{11}-[0-9a-f]{16}");

  private final WorkRoot work;
  private final WorkFiles files;
  private final CleanMarks marks;
  private final Runnable lease;

  /**
   * @param lease throws an error if this process is no longer the one that cleans
   */
  ResultRemoval(WorkRoot work, CleanMarks marks, Runnable lease) {
    this.work = work;
    this.files = work.files();
    this.marks = marks;
    this.lease = lease;
  }

  /**
   * Removes a marked result that no run refers to.
   *
   * @return whether it is gone; not if a run has taken the mark
   * @throws LeaseHeldError if another clean has taken over; the result is then there as before
   */
  boolean remove(StageAddress address) {
    if (!isOurs(address)) {
      return false;
    }
    return files.canAppend(address.folder()) ? setAside(address) : removeInPlace(address);
  }

  /** Puts back what a clean that was killed had set aside, to be judged anew. */
  void restoreAll() {
    for (FileStatus status : files.statuses(asideFolder())) {
      Matcher name = ASIDE.matcher(status.getPath().getName());
      if (status.isDirectory() && name.matches()) {
        restore(status.getPath(), new StageAddress(work, name.group(1), new Sha256(name.group(2))));
      }
    }
  }

  /**
   * Whether no run has taken the mark. The lease is asked for last: if it is still this process's,
   * the mark was not one of a newer clean.
   */
  private boolean isOurs(StageAddress address) {
    boolean marked = marks.holds(address);
    lease.run();
    return marked;
  }

  private boolean setAside(StageAddress address) {
    Path aside = new Path(asideFolder(), address.key() + "." + Attempt.begin());
    files.makeFolder(asideFolder());
    if (!files.move(address.folder(), aside)) {
      return false;
    }
    boolean ours = false;
    try {
      ours = isOurs(address);
    } finally {
      if (!ours) {
        restore(aside, address);
      }
    }
    if (ours) {
      files.deleteFolder(aside);
    }
    return ours;
  }

  /** File by file, for a run may have begun to make the result anew; no two names are the same. */
  private void restore(Path aside, StageAddress address) {
    files.makeFolder(address.folder());
    List<FileStatus> contents = new ArrayList<>(files.statuses(aside));
    contents.sort(Comparator.comparing(ResultRemoval::isManifest));
    contents.forEach(
        file -> files.move(file.getPath(), new Path(address.folder(), file.getPath().getName())));
    files.deleteFolder(aside);
  }

  private boolean removeInPlace(StageAddress address) {
    List<FileStatus> contents = files.statuses(address.folder());
    Map<Path, byte[]> manifests = new TreeMap<>();
    boolean ours = false;
    try {
      ours = removeManifests(address, contents, manifests);
    } finally {
      if (!ours) {
        manifests.forEach((file, bytes) -> files.put(file, Content.of(bytes)));
      }
    }
    if (ours) {
      contents.forEach(file -> files.delete(file.getPath()));
    }
    return ours;
  }

  /** Keeps the removed ones in {@code kept}; stops and gives false once a run has the mark. */
  private boolean removeManifests(
      StageAddress address, List<FileStatus> contents, Map<Path, byte[]> kept) {
    for (FileStatus file : contents) {
      if (!isOurs(address)) {
        return false;
      }
      if (isManifest(file)) {
        files.read(file.getPath()).ifPresent(bytes -> kept.put(file.getPath(), bytes));
        files.delete(file.getPath());
      }
    }
    return isOurs(address);
  }

  private Path asideFolder() {
    return new Path(CleanMarks.folder(work), "aside");
  }

  private static boolean isManifest(FileStatus file) {
    return StoreNames.isManifest(file.getPath().getName());
  }
}
