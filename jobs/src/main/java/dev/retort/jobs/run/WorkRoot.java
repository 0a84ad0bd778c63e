package dev.retort.jobs.run;

import dev.retort.error.Credentials;
import dev.retort.error.UserError;
import java.io.IOException;
import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;

/**
 * Where a user keeps the store and the runs: a URI of any Hadoop file system with the configuration
 * that opens it. Serializable, so that executors can open the same.
 *
 * @param uri absolute, with a scheme
 * @param configuration Hadoop's properties that are not its defaults; may hold secrets, so it is
 *     never printed
 */
public record WorkRoot(URI uri, SortedMap<String, String> configuration) implements Serializable {
  /** Parsing Hadoop's defaults takes 30 ms, which a task would pay for each chunk. */
  private static final Map<SortedMap<String, String>, Configuration> LOADED =
      new ConcurrentHashMap<>();

  public WorkRoot {
    configuration = Collections.unmodifiableSortedMap(new TreeMap<>(configuration));
  }

  /**
   * The root that {@code --work} names: a URI, or a path on this machine.
   *
   * @throws UserError (exit 2) if it is no URI
   */
  public static WorkRoot of(String text, Configuration configuration) {
    SortedMap<String, String> properties = new TreeMap<>();
    for (Map.Entry<String, String> property : configuration) {
      if (!isDefault(configuration, property.getKey())) {
        properties.put(property.getKey(), property.getValue());
      }
    }
    return new WorkRoot(uriOf(text), properties);
  }

  /** A root on this machine. */
  public static WorkRoot of(Path folder) {
    return new WorkRoot(folder.toAbsolutePath().normalize().toUri(), new TreeMap<>());
  }

  /** Hadoop's configuration for this root; the caller's own. */
  public Configuration hadoop() {
    return new Configuration(LOADED.computeIfAbsent(configuration, WorkRoot::load));
  }

  /**
   * Opens the file system; local files without Hadoop's own checksum files, since ours has hashes.
   *
   * @throws UserError (exit 2) if no file system has this scheme
   */
  WorkFiles files() {
    try {
      FileSystem fileSystem = FileSystems.open("open the work root", path(), hadoop());
      return new WorkFiles(
          fileSystem instanceof LocalFileSystem local ? local.getRawFileSystem() : fileSystem);
    } catch (IOException | RuntimeException e) {
      throw StorageErrors.reading("open the work root", path(), e);
    }
  }

  org.apache.hadoop.fs.Path path() {
    return new org.apache.hadoop.fs.Path(uri);
  }

  /** The URI alone: the configuration may hold secrets. */
  @Override
  public String toString() {
    return uri.toString();
  }

  private static Configuration load(SortedMap<String, String> properties) {
    Configuration loaded = new Configuration();
    properties.forEach(loaded::set);
    // Asking for the size reads the files, so that copies need not.
    loaded.size();
    return loaded;
  }

  /**
   * The URI that {@code --work} names.
   *
   * @throws UserError (exit 2) if it is no URI, or has credentials in it
   */
  public static URI uriOf(String text) {
    Credentials.refuseIn("--work", text);
    try {
      boolean hasScheme = text.matches("[A-Za-z][A-Za-z0-9+.-]*:.*");
      URI uri = hasScheme ? new URI(text) : Path.of(text).toAbsolutePath().normalize().toUri();
      if (uri.getPath() == null || uri.getPath().isEmpty()) {
        throw badUri(text, null);
      }
      return uri;
    } catch (URISyntaxException | RuntimeException e) {
      throw e instanceof UserError user ? user : badUri(text, e);
    }
  }

  private static UserError badUri(String text, Exception cause) {
    return UserError.usage(
        ("Cannot open the work root: --work is \"%s\", must be a path or a URI with a path, such as"
                + " file:/data/retort or hdfs://host/retort")
            .formatted(text),
        cause);
  }

  private static boolean isDefault(Configuration configuration, String name) {
    String[] sources = configuration.getPropertySources(name);
    return sources != null
        && sources.length > 0
        && sources[sources.length - 1].endsWith("-default.xml");
  }
}
