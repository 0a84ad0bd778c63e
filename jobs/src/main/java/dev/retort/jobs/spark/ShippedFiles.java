package dev.retort.jobs.spark;

import dev.retort.error.Credentials;
import dev.retort.error.InfrastructureError;
import dev.retort.error.UserError;
import dev.retort.jobs.run.FileSystems;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the files that a user names on the command line or in a recipe where the driver runs, which
 * in cluster mode is not where the user is.
 *
 * <p>A file is looked for as it is named, then by its last name among what {@code --files} has
 * shipped. A URI of a Hadoop file system is fetched. Data is not found so: Spark reads it itself.
 */
public final class ShippedFiles {
  private static final Logger LOG = LoggerFactory.getLogger(ShippedFiles.class);

  /** A scheme has two letters at least: one is a drive. */
  private static final Pattern HAS_SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*");

  /** What {@code --files} becomes, on YARN and elsewhere. */
  private static final List<String> PROPERTIES = List.of("spark.files", "spark.yarn.dist.files");

  private ShippedFiles() {}

  /**
   * The file of this machine that {@code named} stands for; a name of no file is returned as it is,
   * for the reader to refuse.
   *
   * @throws UserError (exit 2) if the driver runs in cluster mode and there is no such file, if the
   *     URI has credentials in it, or if no file system has its scheme
   * @throws InfrastructureError if a remote file cannot be fetched
   */
  public static Path local(String named) {
    Credentials.refuseIn("the URI of a file", named);
    if (HAS_SCHEME.matcher(named).matches()) {
      return local(URI.create(named), name(named));
    }
    Path path = Path.of(named);
    return Files.exists(path) ? path : shipped(path).orElseGet(() -> missing(path));
  }

  /**
   * As {@link #local(String)}, for files that are used together.
   *
   * @throws UserError (exit 2) if two names have become one file, since only their last names count
   */
  public static List<Path> local(List<String> named) {
    List<Path> files = named.stream().map(ShippedFiles::local).toList();
    for (int i = 1; i < files.size(); i++) {
      int first = files.indexOf(files.get(i));
      if (first < i && !named.get(first).equals(named.get(i))) {
        throw UserError.usage(
            "Cannot tell %s and %s apart: both are the shipped file %s, must have two names; add #NAME to one of them in --files, and write that name in the recipe"
                .formatted(named.get(first), named.get(i), files.get(i)));
      }
    }
    return files;
  }

  private static Optional<Path> shipped(Path path) {
    String name = path.getFileName().toString();
    // YARN and Kubernetes lay shipped files into the driver's folder.
    Stream<Path> besideDriver =
        DeployMode.ofThisProcess() == DeployMode.CLUSTER ? Stream.of(Path.of(name)) : Stream.of();
    Stream<Path> listed =
        PROPERTIES.stream()
            .flatMap(property -> Stream.of(System.getProperty(property, "").split(",")))
            .map(String::strip)
            .filter(entry -> !entry.isEmpty() && name(entry).equals(name))
            .map(entry -> local(URI.create(entry), name));
    Optional<Path> found = Stream.concat(besideDriver.filter(Files::exists), listed).findFirst();
    found.ifPresent(file -> LOG.info("{} is {}, which --files has shipped", path, file));
    return found;
  }

  /** The name under which Spark ships a file: after the # if there is one. */
  private static String name(String uri) {
    String path = uri.substring(uri.lastIndexOf('#') + 1);
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static Path local(URI uri, String name) {
    String scheme = uri.getScheme();
    return scheme == null || scheme.equals("file") || scheme.equals("local")
        ? Path.of(uri.getPath())
        : fetch(uri, name);
  }

  private static Path fetch(URI uri, String name) {
    Configuration configuration = HadoopSettings.ofThisProcess();
    org.apache.hadoop.fs.Path source = new org.apache.hadoop.fs.Path(uri);
    try (InputStream in = FileSystems.open("fetch", source, configuration).open(source)) {
      Path folder = Files.createTempDirectory("retort-files-");
      Path file = folder.resolve(name);
      file.toFile().deleteOnExit();
      Files.copy(in, file);
      return file;
    } catch (FileNotFoundException e) {
      throw UserError.usage(
          "Cannot fetch %s: %s; give the URI of a file that exists".formatted(uri, e.getMessage()),
          e);
    } catch (IOException e) {
      throw new InfrastructureError(
          "Cannot fetch %s: %s; check the address and the storage, then repeat the command"
              .formatted(uri, e.getMessage()),
          e);
    }
  }

  private static Path missing(Path path) {
    if (DeployMode.ofThisProcess() == DeployMode.CLUSTER) {
      throw UserError.usage(
          "Cannot find %s: the driver runs in cluster mode in %s, where it is not there; ship it with --files, or give a path or URI that every node reaches"
              .formatted(path, Path.of("").toAbsolutePath()));
    }
    return path;
  }
}
