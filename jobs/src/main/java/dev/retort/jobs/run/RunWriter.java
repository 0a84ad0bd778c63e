package dev.retort.jobs.run;

import dev.retort.error.InfrastructureError;
import dev.retort.provenance.Sha256;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The one writer of a run directory, for as long as it has the lease. A repeated run writes over
 * what an interrupted one left; the manifest at the end says that all is there. Thread-safe.
 */
public final class RunWriter implements AutoCloseable {
  private final RunDirectory directory;
  private final WorkFiles files;
  private final Lease lease;
  private final Events events;

  RunWriter(RunDirectory directory, WorkFiles files, Lease lease) {
    this.directory = directory;
    this.files = files;
    this.lease = lease;
    this.events = new Events(files, directory.path(RunDirectory.EVENTS), lease::checkHeld);
  }

  public RunDirectory directory() {
    return directory;
  }

  /** The right to write, which is checked before each write. */
  public Lease lease() {
    return lease;
  }

  /** The run's journal. */
  public Events events() {
    return events;
  }

  /**
   * Writes a file.
   *
   * @param relative its path in the run directory
   * @throws dev.retort.error.LeaseHeldError if another process took the run over
   */
  public StoredFile write(String relative, Content content) {
    lease.checkHeld();
    return files.put(directory.path(relative), content);
  }

  /** Writes a file of UTF-8 text. */
  public StoredFile write(String relative, String text) {
    return write(relative, Content.of(text));
  }

  /** Writes {@code value} as a JSON file. */
  public StoredFile writeJson(String relative, Object value) {
    return write(relative, Content.of(Json.bytes(value)));
  }

  /** Ends the run: writes the journal's rest, then the manifest of all files. */
  public RunManifest finish() {
    lease.checkHeld();
    events.flush();
    RunManifest manifest = RunManifest.of(directory.id(), digests());
    writeJson(RunDirectory.MANIFEST, manifest);
    return manifest;
  }

  /** Writes the journal's rest and releases the lease; the run may be unfinished. */
  @Override
  public void close() {
    try (lease) {
      events.flush();
    }
  }

  private SortedMap<String, Sha256> digests() {
    SortedMap<String, Sha256> digests = new TreeMap<>();
    try {
      addDigests(directory.folder(), "", digests);
    } catch (IOException e) {
      throw StorageErrors.of("list", directory.folder(), e);
    }
    return digests;
  }

  private void addDigests(Path folder, String prefix, SortedMap<String, Sha256> digests)
      throws IOException {
    FileSystem fileSystem = files.fileSystem();
    for (FileStatus status : fileSystem.listStatus(folder)) {
      String name = status.getPath().getName();
      if (status.isDirectory()) {
        addDigests(status.getPath(), prefix + name + "/", digests);
      } else if (!prefix.isEmpty() || isContent(name)) {
        digests.put(prefix + name, digest(status.getPath()));
      }
    }
  }

  private Sha256 digest(Path file) {
    return files
        .examine(file)
        .orElseThrow(
            () ->
                new InfrastructureError(
                    "Cannot finish run %s: %s is gone; repeat the command"
                        .formatted(directory.id(), file)))
        .sha256();
  }

  private static boolean isContent(String name) {
    return !LeaseFiles.isLease(name)
        && !FormatVersion.isMarker(name)
        && !name.equals(RunDirectory.MANIFEST);
  }
}
