package dev.retort.jobs.spark;

import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.sql.SparkSession;

/** Opens Spark as every application of Retort needs it. */
public final class SparkSessions {
  private SparkSessions() {}

  /**
   * The session of this application: Kryo with registration required, so that no class travels by
   * accident, and jobs that share the slots fairly; all else is the user's configuration.
   */
  public static SparkSession open(String applicationName) {
    return SparkSession.builder()
        .appName(applicationName)
        .config("spark.serializer", KryoSerializer.class.getName())
        .config("spark.kryo.registrator", RetortKryoRegistrator.class.getName())
        .config("spark.kryo.registrationRequired", "true")
        .config("spark.scheduler.mode", "FAIR")
        .getOrCreate();
  }
}
