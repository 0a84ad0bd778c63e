package dev.retort.jobs.spark;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hadoop's configuration as Spark derives it: Hadoop's own files, {@code spark.hadoop.*} of the
 * system properties and of {@code spark-defaults.conf}, and the credentials of the environment.
 *
 * <p>The one place that says so, before Spark starts and after: what {@code plan} looks at is what
 * {@code compress} will write.
 */
public final class HadoopSettings {
  private static final Logger LOG = LoggerFactory.getLogger(HadoopSettings.class);
  private static final String DEFAULTS = "spark-defaults.conf";

  private HadoopSettings() {}

  /** The configuration that a Spark application of this process has; the caller's own. */
  public static Configuration ofThisProcess() {
    return SparkHadoopUtil.get().newConfiguration(sparkOfThisProcess());
  }

  /** Spark's own settings, as far as they are known before it starts; the caller's own. */
  public static SparkConf sparkOfThisProcess() {
    SparkConf conf = new SparkConf();
    defaultsFile(System.getenv("SPARK_CONF_DIR"), System.getenv("SPARK_HOME"))
        .ifPresent(file -> addDefaults(file, conf));
    return conf;
  }

  /** Where {@code spark-submit} finds defaults; a command that starts without it must look, too. */
  private static Optional<Path> defaultsFile(String confFolder, String home) {
    Optional<Path> folder =
        Optional.ofNullable(confFolder)
            .map(Path::of)
            .or(() -> Optional.ofNullable(home).map(path -> Path.of(path, "conf")));
    return folder.map(path -> path.resolve(DEFAULTS)).filter(Files::isReadable);
  }

  /** Defaults do not replace what is set, as in {@code spark-submit}. */
  static void addDefaults(Path file, SparkConf conf) {
    Properties defaults = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      defaults.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn("Spark's defaults in {} are not read: {}", file, e.getMessage());
    }
    defaults.stringPropertyNames().stream()
        .filter(name -> name.startsWith("spark."))
        .forEach(name -> conf.setIfMissing(name, defaults.getProperty(name).strip()));
  }
}
