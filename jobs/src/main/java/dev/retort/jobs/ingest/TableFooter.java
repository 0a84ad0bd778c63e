package dev.retort.jobs.ingest;

import dev.retort.error.UserError;
import dev.retort.recipe.DataSettings.Format;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.orc.OrcFile;
import org.apache.orc.Reader;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.Type;

/** The end of a Parquet or ORC file, which has its columns. A file that was cut has none. */
final class TableFooter {
  private TableFooter() {}

  /** Whether files of {@code format} end in one. */
  static boolean isIn(Format format) {
    return format == Format.PARQUET || format == Format.ORC;
  }

  /**
   * The names of the columns of {@code file}, in order; reads no row.
   *
   * @throws UserError if it is no whole file of the format
   */
  static List<String> columns(Format format, String file, Configuration conf) {
    try {
      return format == Format.PARQUET ? ofParquet(file, conf) : ofOrc(file, conf);
    } catch (IOException | RuntimeException e) {
      throw UserError.input(
          "Cannot read %s: it is no complete %s file (%s); get a whole copy or remove it"
              .formatted(file, format == Format.PARQUET ? "Parquet" : "ORC", firstLine(e)),
          e);
    }
  }

  private static List<String> ofParquet(String file, Configuration conf) throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(new Path(file), conf))) {
      return reader.getFooter().getFileMetaData().getSchema().getFields().stream()
          .map(Type::getName)
          .toList();
    }
  }

  private static List<String> ofOrc(String file, Configuration conf) throws IOException {
    try (Reader reader = OrcFile.createReader(new Path(file), OrcFile.readerOptions(conf))) {
      return List.copyOf(reader.getSchema().getFieldNames());
    }
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.getClass().getSimpleName());
  }
}
