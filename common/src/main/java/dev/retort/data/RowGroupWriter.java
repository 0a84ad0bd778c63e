package dev.retort.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.MessageType;

/**
 * Writes a Parquet file whose row groups are cut by the caller. All columns are required {@code
 * BINARY} or {@code INT32}: PLAIN encoding, no dictionary, no statistics, page checksums, zstd. Not
 * thread safe.
 */
final class RowGroupWriter implements AutoCloseable {
  private static final CompressionCodecName CODEC = CompressionCodecName.ZSTD;
  private static final int NO_PADDING = 0;
  private static final int STATISTICS_BYTES = 64;

  private final CodecFactory codecs;
  private final NewFile target;
  private final ParquetFileWriter file;
  private final MessageType schema;
  private final List<ColumnPages> columns;
  private final Map<String, String> metadata;
  private long rows;
  private int rowGroups;

  private RowGroupWriter(
      CodecFactory codecs,
      NewFile target,
      ParquetFileWriter file,
      MessageType schema,
      Map<String, String> metadata) {
    this.codecs = codecs;
    this.target = target;
    this.file = file;
    this.schema = schema;
    this.metadata = Map.copyOf(metadata);
    this.columns =
        schema.getColumns().stream()
            .map(c -> new ColumnPages(codecs.getCompressor(CODEC)))
            .toList();
  }

  /** Creates the file, which must not exist. */
  static RowGroupWriter create(
      FileSystem fileSystem, Path path, MessageType schema, Map<String, String> metadata)
      throws IOException {
    NewFile target = new NewFile(fileSystem, path);
    ParquetFileWriter file =
        new ParquetFileWriter(
            target,
            schema,
            ParquetFileWriter.Mode.CREATE,
            ParquetWriter.DEFAULT_BLOCK_SIZE,
            NO_PADDING,
            STATISTICS_BYTES,
            STATISTICS_BYTES,
            true);
    file.start();
    CodecFactory codecs = new CodecFactory(fileSystem.getConf(), ParquetWriter.DEFAULT_PAGE_SIZE);
    return new RowGroupWriter(codecs, target, file, schema, metadata);
  }

  void addBinary(int column, ByteBuffer value) throws IOException {
    columns.get(column).addBinary(value);
  }

  void addInt(int column, int value) throws IOException {
    columns.get(column).addInt(value);
  }

  /** Ends a row, to which each column must have got one value. */
  void endRow() {
    rows++;
  }

  /** Writes the rows since the last call as one row group and returns its number. */
  int endRowGroup() throws IOException {
    file.startBlock(rows);
    for (int i = 0; i < columns.size(); i++) {
      writeColumn(schema.getColumns().get(i), columns.get(i).take());
    }
    file.endBlock();
    rows = 0;
    return rowGroups++;
  }

  /** Writes the footer; only then is the file complete. */
  @Override
  public void close() throws IOException {
    try (target) {
      file.end(metadata);
    } finally {
      codecs.release();
    }
  }

  private void writeColumn(ColumnDescriptor column, List<ColumnPages.Page> pages)
      throws IOException {
    Statistics<?> none = Statistics.getBuilderForReading(column.getPrimitiveType()).build();
    file.startColumn(column, rows, CODEC);
    for (ColumnPages.Page page : pages) {
      file.writeDataPage(
          page.values(),
          page.plainBytes(),
          page.compressed(),
          none,
          page.values(),
          Encoding.RLE,
          Encoding.RLE,
          Encoding.PLAIN);
    }
    file.endColumn();
  }
}
