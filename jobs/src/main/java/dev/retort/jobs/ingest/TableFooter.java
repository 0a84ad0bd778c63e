package dev.retort.jobs.ingest;

import dev.retort.error.UserError;
import dev.retort.jobs.spark.HadoopSettings;
import dev.retort.recipe.DataSettings.Format;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.orc.OrcFile;
import org.apache.orc.Reader;
import org.apache.orc.TypeDescription;
import org.apache.parquet.hadoop.Footer;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.execution.datasources.orc.OrcUtils;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.execution.datasources.parquet.ParquetToSparkSchemaConverter;
import org.apache.spark.sql.types.StructType;

/** The end of a Parquet or ORC file, which has its columns. A file that was cut has none. */
final class TableFooter {
  private TableFooter() {}

  /** Whether files of {@code format} end in one. */
  static boolean isIn(Format format) {
    return format == Format.PARQUET || format == Format.ORC;
  }

  /**
   * Reads no row.
   *
   * @throws UserError if {@code file} is no whole file of {@code format}
   */
  static void check(Format format, String file, Configuration conf) {
    if (format == Format.PARQUET) {
      parquet(file, conf);
    } else {
      orc(file, conf);
    }
  }

  /**
   * The columns of {@code file}, in order, with the types that Spark gives them; reads no row.
   *
   * @throws UserError if it is no whole file of {@code format}, or has types that Spark has not
   */
  static StructType columns(Format format, String file, Configuration conf) {
    return format == Format.PARQUET
        ? typed(file, () -> ofParquet(file, parquet(file, conf)))
        : typed(file, () -> OrcUtils.toCatalystSchema(orc(file, conf)));
  }

  private static ParquetMetadata parquet(String file, Configuration conf) {
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(new Path(file), conf))) {
      return reader.getFooter();
    } catch (IOException | RuntimeException e) {
      throw broken(file, "Parquet", e);
    }
  }

  private static TypeDescription orc(String file, Configuration conf) {
    try (Reader reader = OrcFile.createReader(new Path(file), OrcFile.readerOptions(conf))) {
      return reader.getSchema();
    } catch (IOException | RuntimeException e) {
      throw broken(file, "ORC", e);
    }
  }

  private static StructType ofParquet(String file, ParquetMetadata footer) {
    SparkConf conf = HadoopSettings.sparkOfThisProcess();
    ParquetToSparkSchemaConverter converter =
        new ParquetToSparkSchemaConverter(
            conf.getBoolean("spark.sql.parquet.binaryAsString", false),
            conf.getBoolean("spark.sql.parquet.int96AsTimestamp", true),
            conf.getBoolean("spark.sql.caseSensitive", false),
            conf.getBoolean("spark.sql.parquet.inferTimestampNTZ.enabled", true),
            conf.getBoolean("spark.sql.legacy.parquet.nanosAsLong", false));
    return ParquetFileFormat.readSchemaFromFooter(new Footer(new Path(file), footer), converter);
  }

  private static StructType typed(String file, Callable<StructType> columns) {
    try {
      return columns.call();
    } catch (UserError e) {
      throw e;
    } catch (Exception e) {
      throw UserError.input(
          "Cannot read %s: Spark does not know the types of its columns (%s); write them anew as numbers, arrays of numbers, text or binary"
              .formatted(file, firstLine(e)),
          e);
    }
  }

  private static UserError broken(String file, String format, Exception cause) {
    return UserError.input(
        "Cannot read %s: it is no complete %s file (%s); get a whole copy or remove it"
            .formatted(file, format, firstLine(cause)),
        cause);
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.getClass().getSimpleName());
  }
}
