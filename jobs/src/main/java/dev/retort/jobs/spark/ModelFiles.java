package dev.retort.jobs.spark;

import dev.retort.error.InfrastructureError;
import dev.retort.provenance.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/**
 * Model files on the local disk of an executor: each is fetched once a JVM, checked by SHA-256, and
 * mapped by whoever opens it. A file that is local already is used where it lies.
 */
public final class ModelFiles {
  private static final Map<Sha256, Path> CHECKED = new ConcurrentHashMap<>();

  private ModelFiles() {}

  /**
   * The local path of the model at {@code uri}.
   *
   * @throws InfrastructureError if it cannot be fetched, or its bytes are not those of {@code
   *     expected}
   */
  public static Path local(String uri, Sha256 expected, Configuration configuration) {
    return CHECKED.compute(
        expected,
        (sha, known) ->
            known != null && Files.isReadable(known) ? known : fetch(uri, sha, configuration));
  }

  private static Path fetch(String uri, Sha256 expected, Configuration configuration) {
    org.apache.hadoop.fs.Path source = new org.apache.hadoop.fs.Path(uri);
    try {
      FileSystem fileSystem = source.getFileSystem(configuration);
      Path local =
          fileSystem.getScheme().equals("file")
              ? Path.of(source.toUri().getPath())
              : copy(fileSystem, source, expected);
      Sha256 actual = Sha256.ofFile(local);
      if (!actual.equals(expected)) {
        throw new InfrastructureError(
            "Cannot load model %s: its SHA-256 is %s, must be %s; repeat the command, which makes it again"
                .formatted(local, actual, expected));
      }
      return local;
    } catch (IOException e) {
      throw new InfrastructureError(
          "Cannot fetch model %s: %s; check that executors reach it and have space for it"
              .formatted(uri, e.getMessage()),
          e);
    }
  }

  private static Path copy(FileSystem fileSystem, org.apache.hadoop.fs.Path source, Sha256 name)
      throws IOException {
    Path folder = Files.createTempDirectory("retort-models-");
    Path file = folder.resolve(name.prefix(16) + ".onnx");
    Path partial = folder.resolve(name.prefix(16) + ".partial");
    try (InputStream in = fileSystem.open(source)) {
      Files.copy(in, partial);
    }
    try {
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(partial, file);
    }
    file.toFile().deleteOnExit();
    folder.toFile().deleteOnExit();
    return file;
  }
}
