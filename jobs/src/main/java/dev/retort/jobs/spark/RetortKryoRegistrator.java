package dev.retort.jobs.spark;

import com.esotericsoftware.kryo.Kryo;
import java.util.List;
import org.apache.spark.serializer.KryoRegistrator;

/**
 * Every class that Retort lets Spark send between JVMs: primitive arrays, strings and tuples of
 * them, so that no serializer depends on the shape of a record; and the schemas that Spark infers.
 */
public final class RetortKryoRegistrator implements KryoRegistrator {
  private static final List<String> SPARK_CLASSES =
      List.of("[[B", "[[I", "[Lscala.Tuple3;", "scala.Tuple3");

  /** Schemas of tables, which Spark SQL infers in a job. */
  private static final List<String> SCHEMA_CLASSES =
      List.of(
          "StructType",
          "StructField",
          "Metadata",
          "ArrayType",
          "MapType",
          "DecimalType",
          "BinaryType$",
          "BooleanType$",
          "ByteType$",
          "DateType$",
          "DoubleType$",
          "FloatType$",
          "IntegerType$",
          "LongType$",
          "NullType$",
          "ShortType$",
          "StringType$",
          "TimestampNTZType$",
          "TimestampType$");

  @Override
  public void registerClasses(Kryo kryo) {
    SPARK_CLASSES.forEach(name -> kryo.register(load(name)));
    kryo.register(load("[Lorg.apache.spark.sql.types.StructField;"));
    SCHEMA_CLASSES.forEach(name -> kryo.register(load("org.apache.spark.sql.types." + name)));
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, Thread.currentThread().getContextClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("Spark lacks " + name + "; is it another version?", e);
    }
  }
}
