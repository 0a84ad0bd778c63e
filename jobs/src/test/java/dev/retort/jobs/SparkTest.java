package dev.retort.jobs;

import dev.retort.jobs.spark.RetortKryoRegistrator;
import dev.retort.jobs.spark.RetortPlugin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.sql.SparkSession;

/**
 * The one embedded Spark of all tests: two cores, Kryo with registration required, an event log.
 */
public final class SparkTest {
  private static final Path EVENTS = newFolder();
  private static final SparkSession SESSION =
      SparkSession.builder()
          .master("local[2]")
          .appName("retort-test")
          .config("spark.ui.enabled", "false")
          .config("spark.driver.host", "127.0.0.1")
          .config("spark.driver.bindAddress", "127.0.0.1")
          .config("spark.scheduler.mode", "FAIR")
          .config("spark.eventLog.enabled", "true")
          .config("spark.eventLog.dir", EVENTS.toUri().toString())
          .config("spark.sql.shuffle.partitions", "4")
          .config("spark.serializer", KryoSerializer.class.getName())
          .config("spark.kryo.registrator", RetortKryoRegistrator.class.getName())
          .config("spark.kryo.registrationRequired", "true")
          .config("spark.plugins", RetortPlugin.class.getName())
          .getOrCreate();

  private SparkTest() {}

  public static SparkSession session() {
    return SESSION;
  }

  public static JavaSparkContext context() {
    return JavaSparkContext.fromSparkContext(SESSION.sparkContext());
  }

  /** What Spark has logged of this application so far, an event a line, in JSON. */
  public static List<String> events() {
    try (Stream<Path> files = Files.list(EVENTS)) {
      Path log = files.filter(file -> !file.toString().endsWith(".crc")).findFirst().orElseThrow();
      return Files.readAllLines(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path newFolder() {
    try {
      Path folder = Files.createTempDirectory("retort-spark-events");
      folder.toFile().deleteOnExit();
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
