package dev.retort.jobs.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;

/** The files {@code lease-<n>} of a run directory. */
final class LeaseFiles {
  private static final Pattern NAME = Pattern.compile("lease-(\\d{1,9})");

  private final WorkFiles files;
  private final Path folder;

  LeaseFiles(WorkFiles files, Path folder) {
    this.files = files;
    this.folder = folder;
  }

  static boolean isLease(String name) {
    return NAME.matcher(name).matches();
  }

  /** The largest number taken; 0 if none is. */
  int latest() {
    return files.list(folder).keySet().stream()
        .map(NAME::matcher)
        .filter(Matcher::matches)
        .mapToInt(matcher -> Integer.parseInt(matcher.group(1)))
        .max()
        .orElse(0);
  }

  /** The content of a lease as it is; empty for one that is just being written. */
  byte[] read(int number) {
    return files.read(file(number)).orElse(new byte[0]);
  }

  /** Rewrites a lease of our own, in its place: that takes no room on a disk that is full. */
  void beat(int number, Holder holder) {
    files.overwrite(file(number), Content.of(Json.write(holder)));
  }

  /** Makes the lease unless another process did; atomic where the file system is. */
  boolean claim(int number, Holder holder) {
    byte[] bytes = Json.write(holder).getBytes(StandardCharsets.UTF_8);
    try {
      return "file".equals(files.fileSystem().getUri().getScheme())
          ? claimLocal(java.nio.file.Path.of(file(number).toUri().getPath()), bytes)
          : claimRemote(file(number), bytes);
    } catch (IOException | FSError e) {
      throw StorageErrors.writing("write", file(number), e);
    }
  }

  /** Hadoop's own create asks first and creates then; this one is a single call of the system. */
  private static boolean claimLocal(java.nio.file.Path file, byte[] bytes) throws IOException {
    try {
      Files.write(file, bytes, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  private boolean claimRemote(Path file, byte[] bytes) throws IOException {
    try (FSDataOutputStream out = files.fileSystem().create(file, false)) {
      out.write(bytes);
      return true;
    } catch (org.apache.hadoop.fs.FileAlreadyExistsException e) {
      return false;
    }
  }

  private Path file(int number) {
    return new Path(folder, "lease-" + number);
  }
}
