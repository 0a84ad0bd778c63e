package dev.retort.jobs.run;

import dev.retort.error.InfrastructureError;
import dev.retort.error.RetortException;
import dev.retort.provenance.Sha256;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.ShutdownHookManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer of a run directory, for as long as it has the lease. A repeated run replaces what
 * an interrupted one left; the manifest at the end says that all is there. When a signal stops the
 * process, the writer says its last words, writes the journal's rest and releases the lease.
 * Thread-safe.
 */
public final class RunWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunWriter.class);

  /** After the command was stopped (100), before Spark stops (40) and file systems close (10). */
  private static final int HOOK_PRIORITY = 90;

  private final RunDirectory directory;
  private final WorkFiles files;
  private final Lease lease;
  private final Events events;
  private final RunUses uses;
  private final Runnable shutdownHook = this::endWithProcess;
  private Runnable lastWords = () -> {};
  private boolean closed;

  RunWriter(RunDirectory directory, WorkFiles files, Lease lease) {
    this.directory = directory;
    this.files = files;
    this.lease = lease;
    this.events = new Events(files, directory.path(RunDirectory.EVENTS), lease::checkHeld);
    this.uses = new RunUses(files, directory.folder());
    ShutdownHookManager.get().addShutdownHook(shutdownHook, HOOK_PRIORITY);
  }

  /** What to write down if a signal stops the process before this writer is closed. */
  public synchronized void lastWords(Runnable words) {
    lastWords = words;
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
   * Writes down that the run refers to the results of {@code address}, before it looks for them.
   */
  void use(StageAddress address) {
    lease.checkHeld();
    uses.add(address);
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
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (!ShutdownHookManager.get().isShutdownInProgress()) {
      ShutdownHookManager.get().removeShutdownHook(shutdownHook);
    }
    try (lease) {
      events.flush();
    }
  }

  private synchronized void endWithProcess() {
    if (!closed) {
      try (this) {
        lastWords.run();
      } catch (RetortException e) {
        LOG.warn("Run {} could not be ended in order: {}", directory.id(), e.getMessage());
      }
    }
  }

  private SortedMap<String, Sha256> digests() {
    SortedMap<String, Sha256> digests = new TreeMap<>();
    try {
      addDigests(directory.folder(), "", digests);
    } catch (IOException e) {
      throw StorageErrors.reading("list", directory.folder(), e);
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
      } else if (WorkFiles.isUnfinished(name)) {
        files.discard(status.getPath());
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
