package dev.retort.jobs.run;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * The folder of a stage's results, as a clean sees it.
 *
 * @param address whose results
 * @param written when the last of its files was written; of the folder if there is none
 */
record StoredStage(StageAddress address, List<FileStatus> contents, Instant written) {
  private static final Pattern ATTEMPT = Pattern.compile("[0-9a-f]{11}-[0-9a-f]{16}");

  StoredStage {
    contents = List.copyOf(contents);
  }

  static StoredStage of(StageAddress address, FileStatus folder, WorkFiles files) {
    List<FileStatus> contents = files.statuses(address.folder());
    Instant written =
        contents.stream()
            .map(StoredStage::timeOf)
            .max(Comparator.naturalOrder())
            .orElse(timeOf(folder));
    return new StoredStage(address, contents, written);
  }

  long bytes() {
    return contents.stream().mapToLong(FileStatus::getLen).sum();
  }

  /** The files of attempts without a valid manifest. */
  List<FileStatus> uncommitted(WorkFiles files) {
    Set<String> committed = new HashSet<>();
    for (FileStatus file : contents) {
      if (StoreNames.isManifest(file.getPath().getName()) && isWhole(file.getPath(), files)) {
        committed.add(attempt(file));
      }
    }
    List<FileStatus> others = new ArrayList<>();
    for (FileStatus file : contents) {
      String attempt = attempt(file);
      if (!attempt.isEmpty() && !committed.contains(attempt)) {
        others.add(file);
      }
    }
    return others;
  }

  static Instant timeOf(FileStatus status) {
    return Instant.ofEpochMilli(status.getModificationTime());
  }

  /** The attempt in a file's name; empty for a file that is not the store's. */
  private static String attempt(FileStatus file) {
    Matcher matcher = ATTEMPT.matcher(file.getPath().getName());
    return matcher.find() ? matcher.group() : "";
  }

  private static boolean isWhole(Path manifest, WorkFiles files) {
    return files.read(manifest).map(Sealed::isWhole).orElse(false);
  }
}
