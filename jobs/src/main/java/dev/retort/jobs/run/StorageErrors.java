package dev.retort.jobs.run;

import dev.retort.error.InfrastructureError;
import dev.retort.error.RetortException;
import dev.retort.error.UserError;
import java.net.UnknownHostException;
import java.util.Locale;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/** Failures of a file system in words, sorted by who can mend them. */
final class StorageErrors {
  private StorageErrors() {}

  /** The error for the attempt to {@code doing} the file or folder {@code path}. */
  static RetortException of(String doing, Path path, Throwable cause) {
    if (cause instanceof RetortException known) {
      return known;
    }
    String what = "Cannot " + doing + " " + path + ": ";
    String text = messages(cause);
    if (has(cause, UnsupportedFileSystemException.class)) {
      return UserError.usage(
          what
              + "no file system for the scheme \""
              + path.toUri().getScheme()
              + "\", must be file, hdfs, s3a or another whose classes are on the class path;"
              + " give --work another URI",
          cause);
    }
    if (text.contains("no space left") || text.contains("quota")) {
      return new InfrastructureError(
          what
              + "the disk or quota is full; free space and repeat the command, which goes on from"
              + " what is committed",
          cause);
    }
    if (isRefused(text)) {
      return UserError.usage(
          what
              + "it is not writable ("
              + cause.getMessage()
              + "), must be a folder that "
              + System.getProperty("user.name")
              + " may write to; change its rights or give --work another URI",
          cause);
    }
    String remedy =
        has(cause, UnknownHostException.class)
            ? "check the host in --work"
            : "check the storage and repeat the command, which goes on from what is committed";
    return new InfrastructureError(what + cause.getMessage() + "; " + remedy, cause);
  }

  private static boolean isRefused(String text) {
    return text.contains("permission denied")
        || text.contains("accesscontrolexception")
        || text.contains("access denied")
        || text.contains("read-only file system")
        || text.contains("mkdirs failed")
        || text.contains("not a directory");
  }

  private static boolean has(Throwable cause, Class<? extends Throwable> type) {
    for (Throwable each = cause; each != null; each = each.getCause()) {
      if (type.isInstance(each)) {
        return true;
      }
    }
    return false;
  }

  private static String messages(Throwable cause) {
    StringBuilder text = new StringBuilder();
    for (Throwable each = cause; each != null; each = each.getCause()) {
      text.append(each).append('\n');
    }
    return text.toString().toLowerCase(Locale.ROOT);
  }
}
