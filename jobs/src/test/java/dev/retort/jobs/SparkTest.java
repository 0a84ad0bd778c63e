package dev.retort.jobs;

import dev.retort.jobs.spark.RetortKryoRegistrator;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.sql.SparkSession;

/** The one embedded Spark of all tests: two cores, Kryo with registration required. */
public final class SparkTest {
  private static final SparkSession SESSION =
      SparkSession.builder()
          .master("local[2]")
          .appName("retort-test")
          .config("spark.ui.enabled", "false")
          .config("spark.driver.host", "127.0.0.1")
          .config("spark.driver.bindAddress", "127.0.0.1")
          .config("spark.sql.shuffle.partitions", "4")
          .config("spark.serializer", KryoSerializer.class.getName())
          .config("spark.kryo.registrator", RetortKryoRegistrator.class.getName())
          .config("spark.kryo.registrationRequired", "true")
          .getOrCreate();

  private SparkTest() {}

  public static SparkSession session() {
    return SESSION;
  }

  public static JavaSparkContext context() {
    return JavaSparkContext.fromSparkContext(SESSION.sparkContext());
  }
}
