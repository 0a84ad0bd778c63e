package dev.retort.jobs.ingest;

import dev.retort.error.InfrastructureError;
import dev.retort.error.UserError;
import dev.retort.jobs.ingest.SourceFiles.SourceFile;
import dev.retort.recipe.DataSettings.Format;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.spark.sql.types.StructType;

/**
 * What can be told of a source without Spark: that it has files, that these are of the format and
 * whole, and that a table has the columns, of types that can be read. Reads the footers of tables
 * and the first bytes of text, of {@value #MOST_FILES} files at most, so that it takes no longer
 * for much data. Refuses in the words of {@link Ingest}.
 */
public final class SourceCheck {
  private static final int MOST_FILES = 64;
  private static final int START_BYTES = 512;
  private static final String PARQUET_MAGIC = "PAR1";
  private static final String ORC_MAGIC = "ORC";

  private final IngestRequest request;
  private final Format format;
  private final SourceFiles files;
  private final Configuration conf;

  private SourceCheck(IngestRequest request, SourceFiles files, Configuration conf) {
    this.request = request;
    this.format = request.source().format();
    this.files = files;
    this.conf = conf;
  }

  /**
   * Checks the source of {@code request}.
   *
   * @return one clause for people: what is there and what was looked at
   * @throws UserError (exit 3) if a file is missing, broken or of another format, or a column is
   *     missing or of a type that cannot be read
   */
  public static String check(IngestRequest request, Configuration conf) {
    SourceFiles files = SourceFiles.of(request, conf);
    return "%,d files, %,d bytes; %s"
        .formatted(
            files.files().size(),
            files.lengthBytes(),
            new SourceCheck(request, files, conf).check());
  }

  /**
   * Makes sure that a source of CSV or JSON begins like text: Spark would take the bytes of any
   * other format for columns.
   */
  static void checkText(IngestRequest request, SourceFiles files, Configuration conf) {
    new SourceCheck(request, files, conf).checkStarts(files.files().subList(0, 1));
  }

  private String check() {
    List<SourceFile> looked = files.files().subList(0, Math.min(MOST_FILES, files.files().size()));
    return switch (format) {
      case PARQUET, ORC -> checkFooters(looked);
      case CSV, JSON -> {
        checkStarts(looked);
        yield "the first %,d begin like text".formatted(looked.size());
      }
      case IMAGES, IDX -> "not looked into";
    };
  }

  private String checkFooters(List<SourceFile> looked) {
    if (!request.source().options().isEmpty()) {
      return "not looked into, as options say how they are read";
    }
    StructType columns = new StructType();
    for (SourceFile file : looked) {
      // Spark takes the schema of the first file, and reads nothing of an empty one.
      if (columns.isEmpty()) {
        columns = TableFooter.columns(format, file.path(), conf);
      } else if (file.lengthBytes() > 0) {
        TableFooter.check(format, file.path(), conf);
      }
    }
    TableColumns.of(request.source().path(), columns)
        .plus(partitionColumns(looked.get(0)))
        .check(request.columns());
    return "the footers of the first %,d are whole and have the columns".formatted(looked.size());
  }

  /** The columns that folders such as {@code label=3} make. */
  private static NavigableSet<String> partitionColumns(SourceFile file) {
    NavigableSet<String> columns = new TreeSet<>();
    for (Path folder = new Path(file.path()).getParent(); folder != null; ) {
      int equals = folder.getName().indexOf('=');
      if (equals > 0) {
        columns.add(folder.getName().substring(0, equals));
      }
      folder = folder.getParent();
    }
    return columns;
  }

  private void checkStarts(List<SourceFile> looked) {
    boolean isText = format == Format.CSV || format == Format.JSON;
    boolean inOtherBytes =
        request.source().options().keySet().stream()
            .map(option -> option.toLowerCase(Locale.ROOT))
            .anyMatch(option -> option.equals("encoding") || option.equals("charset"));
    if (!isText || inOtherBytes) {
      return;
    }
    CompressionCodecFactory codecs = new CompressionCodecFactory(conf);
    for (SourceFile file : looked) {
      Path path = new Path(file.path());
      if (codecs.getCodec(path) == null) {
        checkStart(path);
      }
    }
  }

  private void checkStart(Path file) {
    byte[] bytes = new byte[START_BYTES];
    int length;
    try (FSDataInputStream in = file.getFileSystem(conf).open(file)) {
      length = Math.max(0, in.readNBytes(bytes, 0, START_BYTES));
    } catch (IOException e) {
      throw new InfrastructureError(
          "Cannot read %s: %s; check that it can be reached".formatted(file, e.getMessage()), e);
    }
    String start = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    boolean parquet = start.startsWith(PARQUET_MAGIC);
    if (parquet || start.indexOf('\0') >= 0) {
      throw UserError.input(
          "Cannot read %s: it is %s, must be text in %s; correct data.%s.format or the path"
              .formatted(
                  file,
                  parquet
                      ? "a Parquet file"
                      : start.startsWith(ORC_MAGIC) ? "an ORC file" : "a binary file",
                  format,
                  request.name()));
    }
  }
}
