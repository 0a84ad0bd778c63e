package dev.retort.jobs.run;

import dev.retort.error.UserError;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/**
 * What a user keeps of one run: {@code <work>/runs/<run-id>/}.
 *
 * <p>It holds the resolved {@value #RECIPE}, {@code steps/<nn>-<name>/} with the models and plans,
 * {@code export/}, {@value #REPORT}, {@value #RESULT}, {@value #MEASUREMENTS}, {@value #SOURCES},
 * {@value #EVENTS} and {@code uses/}, which names the results in the store that the run refers to,
 * and {@value #MANIFEST}, which is written last. Reading needs no lease; {@link #lock} gives the
 * writer.
 */
public final class RunDirectory {
  public static final String RECIPE = "recipe.yaml";
  public static final String REPORT = "report.html";
  public static final String RESULT = "result.json";
  public static final String MEASUREMENTS = "measurements.json";
  public static final String SOURCES = "sources.json";
  public static final String EVENTS = "events.jsonl";
  public static final String MANIFEST = "manifest.json";

  private final RunId id;
  private final WorkFiles files;
  private final Path folder;

  private RunDirectory(RunId id, WorkFiles files, Path folder) {
    this.id = id;
    this.files = files;
    this.folder = folder;
  }

  /**
   * The directory of {@code id} under {@code work}, which need not exist yet.
   *
   * @throws UserError (exit 2) if the root cannot be opened or another version wrote the directory
   */
  public static RunDirectory of(WorkRoot work, RunId id) {
    WorkFiles files = work.files();
    Path folder = new Path(all(work), id.name());
    FormatVersion.check(files, folder, "the run directory");
    return new RunDirectory(id, files, folder);
  }

  /** The folder of all run directories. */
  static Path all(WorkRoot work) {
    return new Path(work.path(), "runs");
  }

  public RunId id() {
    return id;
  }

  /** Where the run directory lies. */
  public Path folder() {
    return folder;
  }

  /** Where a file of the run lies, from its path in the run directory. */
  public Path path(String relative) {
    return new Path(folder, checked(relative));
  }

  /** The folder of a step in the run directory, such as {@code steps/02-quantize}. */
  public static String stepFolder(int number, String name) {
    return "steps/%02d-%s".formatted(number, name);
  }

  /** The bytes of a file, if it is there. */
  public Optional<byte[]> read(String relative) {
    return files.read(path(relative));
  }

  /** The UTF-8 text of a file, if it is there. */
  public Optional<String> text(String relative) {
    return read(relative).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  /** The value of a JSON file, if it is there. */
  public <T> Optional<T> json(String relative, Class<T> type) {
    return text(relative).map(text -> Json.read(text, type, path(relative).toString()));
  }

  /** What happened in the run so far, oldest first. */
  public List<Event> events() {
    return Events.read(files, path(EVENTS));
  }

  /** The manifest of a finished run. */
  public Optional<RunManifest> manifest() {
    try {
      return json(MANIFEST, RunManifest.class).filter(RunManifest::isWhole);
    } catch (UserError e) {
      return Optional.empty();
    }
  }

  /** Whether the run has written all it has to. */
  public boolean isFinished() {
    return manifest().isPresent();
  }

  /**
   * Makes the directory if needed, takes its lease and opens it for writing.
   *
   * @throws dev.retort.error.LeaseHeldError if another process has the lease
   */
  public RunWriter lock() {
    return lock(LeaseTiming.DEFAULT);
  }

  /** As {@link #lock()}, in another rhythm. */
  public RunWriter lock(LeaseTiming timing) {
    files.makeFolder(folder);
    FormatVersion.mark(files, folder);
    return new RunWriter(this, files, Lease.acquire(files, folder, timing));
  }

  private static String checked(String relative) {
    if (relative.isEmpty()
        || relative.startsWith("/")
        || List.of(relative.split("/")).contains("..")) {
      throw new IllegalArgumentException("not a path in a run directory: \"" + relative + "\"");
    }
    return relative;
  }
}
