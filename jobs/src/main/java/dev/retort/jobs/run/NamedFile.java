package dev.retort.jobs.run;

import dev.retort.error.Credentials;
import dev.retort.error.UserError;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** A small file that a user names by path or URI, outside the store and the run directories. */
public final class NamedFile {
  private final WorkFiles files;
  private final Path path;

  private NamedFile(WorkFiles files, Path path) {
    this.files = files;
    this.path = path;
  }

  /**
   * The file that {@code text} names, which need not exist.
   *
   * @throws UserError (exit 2) if it is no URI, has credentials in it, or no file system has its
   *     scheme
   */
  public static NamedFile of(String text, Configuration configuration) {
    Credentials.refuseIn("the URI of a file", text);
    WorkRoot place = WorkRoot.of(text, configuration);
    return new NamedFile(place.files(), place.path());
  }

  /** Its UTF-8 text, if it exists. */
  public Optional<String> text() {
    return files.read(path).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  /** Writes it as UTF-8 whether it exists or not, with the folders above it. */
  public void write(String text) {
    files.makeFolder(path.getParent());
    files.put(path, Content.of(text));
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
