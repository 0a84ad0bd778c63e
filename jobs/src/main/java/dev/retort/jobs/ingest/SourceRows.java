package dev.retort.jobs.ingest;

import dev.retort.error.UserError;
import dev.retort.recipe.DataSettings.Format;
import java.util.Locale;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.sql.SparkSession;

/** Opens a source as rows ready to be sorted. */
final class SourceRows {
  private SourceRows() {}

  /** The rows of the request's source, packed; nothing is read yet but schemas and headers. */
  static JavaPairRDD<byte[], byte[]> open(
      SparkSession spark, IngestRequest request, SourceFiles files) {
    checkText(request);
    return switch (request.source().format()) {
      case PARQUET, ORC, CSV, JSON -> TableRows.open(spark, request);
      case IMAGES -> ImageRows.open(spark, request);
      case IDX -> IdxRows.open(spark, request, files);
    };
  }

  private static void checkText(IngestRequest request) {
    Format format = request.source().format();
    if (request.tokenizer().isPresent() && (format == Format.IMAGES || format == Format.IDX)) {
      throw UserError.usage(
          "Cannot read text for %s: the format is %s, must be one with columns: parquet, orc, csv or json; change data.%s.format"
              .formatted(request.name(), format.name().toLowerCase(Locale.ROOT), request.name()));
    }
  }
}
