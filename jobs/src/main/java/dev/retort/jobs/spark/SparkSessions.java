package dev.retort.jobs.spark;

import dev.retort.error.UserError;
import java.nio.ByteBuffer;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.sql.SparkSession;
import scala.Option;

/** Opens Spark as every application of Retort needs it. */
public final class SparkSessions {
  private static final String NO_TELEMETRY = "spark.executorEnv.ORT_DISABLE_TELEMETRY";

  private SparkSessions() {}

  /**
   * The session of this application: Kryo with registration required, so that no class travels by
   * accident, jobs that share the slots fairly, and executors whose ONNX Runtime sends nothing
   * unless the user says otherwise; all else is the user's configuration.
   *
   * @throws UserError (exit 2) if Java was started without the options that Spark needs
   */
  public static SparkSession open(String applicationName) {
    checkJavaIsOpen();
    return SparkSession.builder()
        .appName(applicationName)
        .config("spark.serializer", KryoSerializer.class.getName())
        .config("spark.kryo.registrator", RetortKryoRegistrator.class.getName())
        .config("spark.kryo.registrationRequired", "true")
        .config("spark.scheduler.mode", "FAIR")
        .config(NO_TELEMETRY, new SparkConf().get(NO_TELEMETRY, "1"))
        .getOrCreate();
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
