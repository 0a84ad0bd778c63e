package dev.retort.jobs.run;

import dev.retort.error.UserError;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.util.VersionInfo;

/**
 * Opens file systems of Hadoop. Those of object stores are in jars of their own, which must be as
 * new as Hadoop itself; a command without them is told which one to add.
 */
public final class FileSystems {
  private static final String HADOOP = VersionInfo.getVersion();
  private static final List<String> AZURE = List.of("org.apache.hadoop:hadoop-azure:" + HADOOP);

  /**
   * What hadoop-aws needs besides Hadoop's client, as its POM names it, and whose classes it is.
   */
  private static final String AWS_SDK = "com.amazonaws:aws-java-sdk-bundle:1.12.262";

  private static final String AWS_SDK_CLASSES = "com.amazonaws.";

  /** The jars of schemes that are not in Hadoop's client; the first has the file system. */
  private static final Map<String, List<String>> JARS =
      new TreeMap<>(
          Map.of(
              "s3a", List.of("org.apache.hadoop:hadoop-aws:" + HADOOP, AWS_SDK),
              "abfs", AZURE,
              "abfss", AZURE,
              "wasb", AZURE,
              "wasbs", AZURE,
              "gs", List.of("com.google.cloud.bigdataoss:gcs-connector:hadoop3-2.2.21")));

  /** Schemes of object stores that other tools use, and Hadoop's. */
  private static final Map<String, String> OTHER_NAMES =
      Map.of("s3", "s3a", "s3n", "s3a", "gcs", "gs", "az", "abfs", "adl", "abfs");

  private FileSystems() {}

  /**
   * The file system of {@code path}.
   *
   * @param deed what it is opened for, for messages: such as {@code list}
   * @throws UserError (exit 2) if none has its scheme, or the jar of the one that has is missing
   * @throws IOException if it cannot be opened
   */
  public static FileSystem open(String deed, Path path, Configuration configuration)
      throws IOException {
    try {
      return path.getFileSystem(configuration);
    } catch (UnsupportedFileSystemException | LinkageError e) {
      throw lacking(deed, path, e);
    } catch (RuntimeException e) {
      throw e.getCause() instanceof ClassNotFoundException ? lacking(deed, path, e) : e;
    }
  }

  /** Whether what lies there is reached with credentials of its own. */
  static boolean isObjectStore(Path path) {
    String scheme = path.toUri().getScheme();
    return scheme != null && JARS.containsKey(scheme);
  }

  private static UserError lacking(String deed, Path path, Throwable cause) {
    String scheme = Optional.ofNullable(path.toUri().getScheme()).orElse("of fs.defaultFS");
    String problem =
        JARS.containsKey(scheme) ? noJar(scheme, missing(scheme, cause)) : unknownScheme(scheme);
    return UserError.usage("Cannot %s %s: %s".formatted(deed, path, problem), cause);
  }

  /** A class of the SDK is only looked for by a file system that is there. */
  private static List<String> missing(String scheme, Throwable cause) {
    boolean isSdk =
        Stream.iterate(cause, each -> each != null, Throwable::getCause)
            .map(each -> String.valueOf(each.getMessage()).replace('/', '.'))
            .anyMatch(message -> message.contains(AWS_SDK_CLASSES));
    return isSdk ? List.of(AWS_SDK) : JARS.get(scheme);
  }

  private static String noJar(String scheme, List<String> jars) {
    boolean one = jars.size() == 1;
    return "%s for the scheme \"%s\" %s not on the class path, must be %s; add --packages %s to the command, or put %s into SPARK_HOME/jars on all nodes"
        .formatted(
            one ? "the jar" : "the jars",
            scheme,
            one ? "is" : "are",
            String.join(" and ", jars),
            String.join(",", jars),
            one ? "it with what it needs" : "them");
  }

  private static String unknownScheme(String scheme) {
    String known = OTHER_NAMES.get(scheme);
    return "no file system for the scheme \"%s\", must be file, hdfs, s3a, abfs, gs or another that a jar on the class path serves; %s"
        .formatted(
            scheme,
            known == null
                ? "correct it, or add its jar by --jars"
                : "write %s:// and add --packages %s"
                    .formatted(known, String.join(",", JARS.get(known))));
  }
}
