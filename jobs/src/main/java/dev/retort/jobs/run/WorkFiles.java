package dev.retort.jobs.run;

import dev.retort.error.RetortException;
import dev.retort.provenance.Sha256;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;

/** The few operations on files that the store and the run directories stand on. Thread-safe. */
final class WorkFiles {
  private static final int BUFFER_BYTES = 1 << 16;

  /**
   * Begins what a kill leaves of a file that was to replace another, before the attempt and the
   * file's name; no reader sees it.
   */
  private static final String UNFINISHED = "unfinished-";

  private final FileSystem fileSystem;

  WorkFiles(FileSystem fileSystem) {
    this.fileSystem = fileSystem;
  }

  FileSystem fileSystem() {
    return fileSystem;
  }

  /** Writes a file that must not exist; what is left of a failed try is deleted. */
  StoredFile create(Path file, Content content) {
    return write(new Target(file, file), content, false);
  }

  /**
   * Writes a file whether it exists or not: every reader, also one after a kill, finds the old
   * content or the new one, never a part. Object stores show a file when it is closed; elsewhere it
   * is written under another name and renamed.
   */
  StoredFile put(Path file, Content content) {
    if (!canAppend(file)) {
      return write(new Target(file, file), content, true);
    }
    Path unfinished = unfinished(file);
    StoredFile written = write(new Target(unfinished, file), content, false);
    try {
      rename(unfinished, file);
    } catch (IOException | FSError e) {
      RetortException error = StorageErrors.writing("write", file, e);
      discard(unfinished);
      throw error;
    }
    return new StoredFile(file.getName(), written.lengthBytes(), written.sha256());
  }

  /**
   * Writes a small file in its place, which takes no room on a full disk; readers may find it cut
   * off.
   */
  StoredFile overwrite(Path file, Content content) {
    return write(new Target(file, file), content, true);
  }

  private static Path unfinished(Path file) {
    return new Path(file.getParent(), UNFINISHED + Attempt.begin() + "-" + file.getName());
  }

  /** Whether a kill left the file on its way to another name. */
  static boolean isUnfinished(String name) {
    return name.startsWith(UNFINISHED);
  }

  /** Whether files grow in place, as on disks and HDFS but not in object stores. */
  boolean canAppend(Path file) {
    try {
      return fileSystem.hasPathCapability(file, CommonPathCapabilities.FS_APPEND);
    } catch (IOException e) {
      throw StorageErrors.reading("open", file, e);
    }
  }

  /** Local file systems replace what is there; HDFS does so only where it is asked to. */
  private void rename(Path from, Path to) throws IOException {
    if (!fileSystem.rename(from, to)) {
      FileContext.getFileContext(fileSystem.getUri(), fileSystem.getConf())
          .rename(from, to, Options.Rename.OVERWRITE);
    }
  }

  Optional<byte[]> read(Path file) {
    try (InputStream in = fileSystem.open(file)) {
      return Optional.of(in.readAllBytes());
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException | FSError e) {
      throw StorageErrors.reading("read", file, e);
    }
  }

  /** Length and digest of the file as it can be read now; empty if there is none. */
  Optional<StoredFile> examine(Path file) {
    try (InputStream in = fileSystem.open(file)) {
      return Optional.of(drain(file, in, OutputStream.nullOutputStream()));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException | FSError e) {
      throw StorageErrors.reading("read", file, e);
    }
  }

  /** Copies the file, giving length and digest of what was copied. */
  StoredFile copy(Path file, OutputStream out) {
    try (InputStream in = fileSystem.open(file)) {
      return drain(file, in, out);
    } catch (IOException | FSError e) {
      throw StorageErrors.reading("copy", file, e);
    }
  }

  /** Lengths of the files in {@code folder} by name; none if there is no such folder. */
  SortedMap<String, Long> list(Path folder) {
    SortedMap<String, Long> lengths = new TreeMap<>();
    for (FileStatus status : statuses(folder)) {
      if (status.isFile()) {
        lengths.put(status.getPath().getName(), status.getLen());
      }
    }
    return lengths;
  }

  /** Files and folders in {@code folder}; none if there is no such folder. */
  List<FileStatus> statuses(Path folder) {
    try {
      return List.of(fileSystem.listStatus(folder));
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException | FSError e) {
      throw StorageErrors.reading("list", folder, e);
    }
  }

  void makeFolder(Path folder) {
    try {
      if (!fileSystem.mkdirs(folder)) {
        throw new IOException("the folder cannot be made", reason(folder));
      }
    } catch (IOException | FSError e) {
      throw StorageErrors.writing("create", folder, e);
    }
  }

  /** Why this machine does not make a folder, which Hadoop's client does not tell. */
  private static IOException reason(Path folder) {
    try {
      Files.createDirectories(java.nio.file.Path.of(folder.toUri().getPath()));
      return new IOException("unknown");
    } catch (NoSuchFileException e) {
      // What /proc and its like say to everybody.
      return new AccessDeniedException(e.getFile());
    } catch (IOException e) {
      return e;
    }
  }

  /** Deletes a file of our own; a file that stays harms nothing, so a failure is no error. */
  @SuppressWarnings("EmptyCatch")
  void discard(Path file) {
    try {
      fileSystem.delete(file, false);
    } catch (IOException | FSError ignored) {
      // Unreferenced files are skipped by every reader.
    }
  }

  /** Deletes a file, if it is there. */
  void delete(Path file) {
    try {
      fileSystem.delete(file, false);
    } catch (IOException | FSError e) {
      throw StorageErrors.writing("delete", file, e);
    }
  }

  /** Deletes a folder with all that is in it, if it is there. */
  void deleteFolder(Path folder) {
    try {
      fileSystem.delete(folder, true);
    } catch (IOException | FSError e) {
      throw StorageErrors.writing("delete", folder, e);
    }
  }

  /**
   * Renames a file, or a folder with all that is in it, to a name that is free.
   *
   * @return whether it was there
   */
  boolean move(Path from, Path to) {
    try {
      if (fileSystem.rename(from, to)) {
        return true;
      }
      if (fileSystem.exists(from)) {
        throw new IOException("the file system refuses to rename it to " + to);
      }
      return false;
    } catch (FileNotFoundException e) {
      return false;
    } catch (IOException | FSError e) {
      throw StorageErrors.writing("rename", from, e);
    }
  }

  /** Where bytes go, and the file that they are for, which messages name. */
  private record Target(Path file, Path shown) {}

  private StoredFile write(Target target, Content content, boolean overwrite) {
    Path file = target.file();
    try {
      try (InputStream in = content.open();
          OutputStream out = fileSystem.create(file, overwrite)) {
        return drain(file, in, out);
      }
    } catch (IOException | FSError e) {
      // Asks how full the disk is, so it comes before what is deleted.
      RetortException error = StorageErrors.writing("write", target.shown(), e);
      if (!overwrite && !(e instanceof FileAlreadyExistsException)) {
        discard(file);
      }
      throw error;
    }
  }

  private static StoredFile drain(Path file, InputStream in, OutputStream out) throws IOException {
    MessageDigest digest = Sha256.digest();
    DigestInputStream digested = new DigestInputStream(in, digest);
    byte[] buffer = new byte[BUFFER_BYTES];
    long length = 0;
    for (int n = digested.read(buffer); n >= 0; n = digested.read(buffer)) {
      out.write(buffer, 0, n);
      length += n;
    }
    return new StoredFile(file.getName(), length, Sha256.of(digest));
  }
}
