package dev.retort.jobs.run;

import dev.retort.error.InfrastructureError;
import dev.retort.error.RetortException;
import dev.retort.error.UserError;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;

/**
 * Failures of a file system in words, sorted by who can mend them.
 *
 * <p>What the operating system says comes in the user's language. So its English is only one sign:
 * the kind of the exception, and the disk itself, are others, and a failure that no sign explains
 * is one of the infrastructure, never a defect.
 */
public final class StorageErrors {
  /** Local disks with less free are full. */
  private static final long LEAST_FREE_BYTES = 1 << 20;

  private static final List<String> FULL =
      List.of("no space left", "diskoutofspaceexception", "quotaexceededexception", "disk quota");
  private static final List<String> REFUSED =
      List.of(
          "permission denied",
          "accesscontrolexception",
          "access denied",
          "read-only file system",
          "not a directory");
  private static final List<Class<? extends Throwable>> REFUSALS =
      List.of(
          AccessDeniedException.class,
          ReadOnlyFileSystemException.class,
          ParentNotDirectoryException.class);

  /** File systems that make no folders, though rights to write may be shown. */
  private static final Set<String> OF_THE_KERNEL = Set.of("proc", "sysfs", "cgroup", "cgroup2");

  private StorageErrors() {}

  /**
   * The error for a failed try to {@code deed}, such as read or list, what lies at {@code path}.
   */
  public static RetortException reading(String deed, Path path, Throwable cause) {
    if (cause instanceof RetortException known) {
      return known;
    }
    return has(cause, REFUSALS) || says(cause, REFUSED)
        ? refused(deed, path, "readable", cause)
        : failed(deed, path, cause);
  }

  /**
   * The error for a failed try to {@code deed}, such as write or create, what {@code path} names.
   */
  public static RetortException writing(String deed, Path path, Throwable cause) {
    if (cause instanceof RetortException known) {
      return known;
    }
    if (says(cause, FULL) || isFullHere(path)) {
      return new InfrastructureError(
          what(deed, path)
              + "the disk or quota is full; free space and repeat the command, which goes on from"
              + " what is committed",
          cause);
    }
    return has(cause, REFUSALS) || says(cause, REFUSED) || isRefusedHere(path)
        ? refused(deed, path, "writable", cause)
        : failed(deed, path, cause);
  }

  private static RetortException failed(String deed, Path path, Throwable cause) {
    String remedy =
        has(cause, List.of(UnknownHostException.class))
            ? "check the host in --work"
            : "check the storage and repeat the command, which goes on from what is committed";
    return new InfrastructureError(what(deed, path) + cause.getMessage() + "; " + remedy, cause);
  }

  private static UserError refused(String deed, Path path, String must, Throwable cause) {
    return UserError.usage(
        "%sit is not %s (%s), must be %s for %s; %s or give --work another URI"
            .formatted(
                what(deed, path),
                must,
                cause.getMessage(),
                must,
                System.getProperty("user.name"),
                FileSystems.isObjectStore(path)
                    ? "check the credentials that core-site.xml in HADOOP_CONF_DIR or the environment gives, and their rights,"
                    : "change its rights"),
        cause);
  }

  private static String what(String deed, Path path) {
    return "Cannot " + deed + " " + path + ": ";
  }

  private static boolean isFullHere(Path path) {
    if (!isLocal(path)) {
      return false;
    }
    try {
      FileStore disk = Files.getFileStore(existing(path));
      return disk.getTotalSpace() > 0 && disk.getUsableSpace() < LEAST_FREE_BYTES;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Makes sure, without writing, that this process may write where {@code path} is or will be, as
   * far as this machine can tell: other file systems are taken to allow it.
   *
   * @param deed what would be done, for the message
   * @throws UserError (exit 2) if it may not
   */
  static void requireWritable(String deed, Path path) {
    if (isLocal(path)) {
      obstacle(path)
          .ifPresent(
              reason -> {
                throw refused(deed, path, "writable", new AccessDeniedException(reason));
              });
    }
  }

  /** Whether this process may not write where a local path leads to. */
  private static boolean isRefusedHere(Path path) {
    return isLocal(path) && obstacle(path).isPresent();
  }

  /** What keeps this process from writing where a local path leads to, if anything does. */
  private static Optional<String> obstacle(Path path) {
    java.nio.file.Path existing = existing(path);
    if (!Files.isDirectory(existing) && !existing.equals(local(path))) {
      return Optional.of(existing + " is no folder");
    }
    Optional<String> ofTheKernel = type(existing).filter(OF_THE_KERNEL::contains);
    if (ofTheKernel.isPresent()) {
      return Optional.of("%s shows the system's state (%s)".formatted(existing, ofTheKernel.get()));
    }
    return Files.isWritable(existing)
        ? Optional.empty()
        : Optional.of("no right to write to " + existing);
  }

  private static Optional<String> type(java.nio.file.Path existing) {
    try {
      return Optional.of(Files.getFileStore(existing).type());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static boolean isLocal(Path path) {
    return "file".equals(path.toUri().getScheme());
  }

  /** The path, or the nearest folder above it that is there. */
  private static java.nio.file.Path existing(Path path) {
    java.nio.file.Path existing = local(path);
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    return existing;
  }

  private static java.nio.file.Path local(Path path) {
    return java.nio.file.Path.of(path.toUri().getPath());
  }

  private static boolean has(Throwable cause, List<Class<? extends Throwable>> types) {
    return causes(cause).anyMatch(each -> types.stream().anyMatch(type -> type.isInstance(each)));
  }

  private static boolean says(Throwable cause, List<String> words) {
    return causes(cause)
        .map(each -> each.toString().toLowerCase(Locale.ROOT))
        .anyMatch(text -> words.stream().anyMatch(text::contains));
  }

  private static Stream<Throwable> causes(Throwable cause) {
    return Stream.iterate(cause, each -> each != null, Throwable::getCause);
  }
}
