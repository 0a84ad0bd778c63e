package dev.retort.jobs.spark;

import dev.retort.error.Credentials;
import dev.retort.error.UserError;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.sql.SparkSession;
import scala.Option;

/** Opens Spark as every application of Retort needs it. */
public final class SparkSessions {
  private static final String NO_TELEMETRY = "spark.executorEnv.ORT_DISABLE_TELEMETRY";
  private static final String PLUGINS = "spark.plugins";

  /** What Spark hides in its event log and user interface; its own default knows fewer names. */
  private static final String REDACTED = "spark.redaction.regex";

  private SparkSessions() {}

  /**
   * The session of the application that works on run {@code runId}: Kryo with registration
   * required, so that no class travels by accident, jobs that share the slots fairly, executors
   * whose ONNX Runtime sends nothing unless the user says otherwise, {@link RetortPlugin} beside
   * the user's plugins, and no credential in Spark's logs and pages; all else is the user's
   * configuration.
   *
   * @throws UserError (exit 2) if Java was started without the options that Spark needs
   */
  public static SparkSession open(String runId) {
    checkJavaIsOpen();
    return SparkSession.builder()
        .appName("retort " + runId)
        .config(RetortPlugin.RUN, runId)
        .config(PLUGINS, plugins(new SparkConf().get(PLUGINS, "")))
        .config("spark.serializer", KryoSerializer.class.getName())
        .config("spark.kryo.registrator", RetortKryoRegistrator.class.getName())
        .config("spark.kryo.registrationRequired", "true")
        .config("spark.scheduler.mode", "FAIR")
        .config(REDACTED, new SparkConf().get(REDACTED, Credentials.IN_NAMES + "|token"))
        .config(NO_TELEMETRY, new SparkConf().get(NO_TELEMETRY, "1"))
        .getOrCreate();
  }

  private static String plugins(String chosen) {
    String ours = RetortPlugin.class.getName();
    List<String> names = List.of(chosen.split(",", -1));
    return chosen.isBlank() ? ours : names.contains(ours) ? chosen : chosen + "," + ours;
  }

  /** Spark's launcher opens Java's packages to it; a standalone master's drivers go without. */
  private static void checkJavaIsOpen() {
    if (!ByteBuffer.class.getModule().isOpen("sun.nio.ch", SparkContext.class.getModule())) {
      throw UserError.usage(
          "Cannot start Spark: package sun.nio.ch of Java 17 is closed to it, must be open; start with spark-submit, and"
              + " for a standalone master in cluster mode add --driver-java-options with those of deploy/java-options");
    }
  }

  /** Stops Spark if this process has started it. */
  public static void stop() {
    Option<SparkSession> session = SparkSession.getDefaultSession();
    if (session.isDefined()) {
      session.get().stop();
    }
  }
}
