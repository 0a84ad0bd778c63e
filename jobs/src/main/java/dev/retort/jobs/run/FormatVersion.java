package dev.retort.jobs.run;

import dev.retort.error.UserError;
import java.util.List;
import org.apache.hadoop.fs.Path;

/**
 * The version of a folder's format, kept as the name of an empty file: a name is written at once or
 * not at all, so a kill leaves no half a version.
 */
final class FormatVersion {
  /** Raised when files of an older version would be misread. */
  static final int CURRENT = 1;

  private static final String PREFIX = "version-";

  private FormatVersion() {}

  /** Marks a new folder with the current version. */
  static void mark(WorkFiles files, Path folder) {
    Path marker = new Path(folder, PREFIX + CURRENT);
    if (!files.list(folder).containsKey(marker.getName())) {
      files.put(marker, Content.of(new byte[0]));
    }
  }

  static boolean isMarker(String name) {
    return name.startsWith(PREFIX);
  }

  /**
   * Refuses a folder that another version of Retort wrote.
   *
   * @param what the folder in words, such as {@code the store}
   * @throws UserError (exit 2) naming both versions
   */
  static void check(WorkFiles files, Path folder, String what) {
    List<String> others =
        files.list(folder).keySet().stream()
            .filter(name -> name.startsWith(PREFIX) && !name.equals(PREFIX + CURRENT))
            .toList();
    if (!others.isEmpty()) {
      throw UserError.usage(
          "Cannot use %s %s: it has format version %s, must be %d; use the Retort that wrote it, or give another --work"
              .formatted(what, folder, others.get(0).substring(PREFIX.length()), CURRENT));
    }
  }
}
