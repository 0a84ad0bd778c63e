package dev.retort.jobs.ingest;

import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.sql.SparkSession;

/** Opens a source as rows ready to be sorted. */
final class SourceRows {
  private SourceRows() {}

  /** The rows of the request's source, packed; nothing is read yet but schemas and headers. */
  static JavaPairRDD<byte[], byte[]> open(
      SparkSession spark, IngestRequest request, SourceFiles files) {
    return switch (request.source().format()) {
      case PARQUET, ORC, CSV, JSON -> TableRows.open(spark, request);
      case IMAGES -> ImageRows.open(spark, request);
      case IDX -> IdxRows.open(spark, request, files);
    };
  }
}
