package dev.retort.jobs.run;

import dev.retort.error.InfrastructureError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.hadoop.fs.Path;

/** A committed whole-stage result: files by name. Thread-safe. */
public final class StageResult {
  private final StageAddress address;
  private final WorkFiles files;
  private final SortedMap<String, StoredFile> stored;

  StageResult(StageAddress address, WorkFiles files, SortedMap<String, StoredFile> stored) {
    this.address = address;
    this.files = files;
    this.stored = stored;
  }

  public SortedSet<String> names() {
    return new TreeSet<>(stored.keySet());
  }

  /** Length and digest of a file. */
  public StoredFile file(String name) {
    StoredFile file = stored.get(name);
    if (file == null) {
      throw new IllegalArgumentException("no file " + name + " among " + stored.keySet());
    }
    return file;
  }

  /** Where a file lies; readers of a model check its digest themselves. */
  public Path path(String name) {
    return new Path(address.folder(), file(name).name());
  }

  /** The checked bytes of a file. */
  public byte[] bytes(String name) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    check(name, files.copy(path(name), bytes));
    return bytes.toByteArray();
  }

  /** The checked bytes of a file, as UTF-8 text. */
  public String text(String name) {
    return new String(bytes(name), StandardCharsets.UTF_8);
  }

  /** Copies a file, checked, to this machine's {@code target}, which is made or replaced. */
  public void copyTo(String name, java.nio.file.Path target) {
    try (OutputStream out = Files.newOutputStream(target)) {
      check(name, files.copy(path(name), out));
    } catch (IOException e) {
      throw StorageErrors.writing("write", new Path(target.toUri()), e);
    }
  }

  private void check(String name, StoredFile found) {
    if (!found.equals(file(name))) {
      throw new InfrastructureError(
          "Cannot read %s: its hash is %s, must be %s; repeat the command, which makes it again"
              .formatted(path(name), found.sha256(), file(name).sha256()));
    }
  }
}
