package dev.retort.data;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.MessageType;

/**
 * Reads what {@link RowGroupWriter} wrote, page by page, without an object for a row. Not thread
 * safe.
 */
final class RowGroupReader implements AutoCloseable {
  /** Receives the values of a binary column in order: a region of a page. */
  interface BinarySink {
    void accept(int row, ByteBuffer page, int offset, int length) throws IOException;
  }

  private final Path path;
  private final ParquetFileReader file;
  private PageReadStore pages;
  private int loaded;

  private RowGroupReader(Path path, ParquetFileReader file) {
    this.path = path;
    this.file = file;
  }

  static RowGroupReader open(FileSystem fileSystem, Path path) throws IOException {
    HadoopInputFile input =
        HadoopInputFile.fromStatus(fileSystem.getFileStatus(path), fileSystem.getConf());
    try {
      return new RowGroupReader(
          path,
          new ParquetFileReader(
              input,
              HadoopReadOptions.builder(fileSystem.getConf())
                  .usePageChecksumVerification(true)
                  .build()));
    } catch (FileNotFoundException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new IOException(path + " is no complete Parquet file", e);
    }
  }

  MessageType schema() {
    return file.getFooter().getFileMetaData().getSchema();
  }

  /** What the writer's caller said of the file. */
  Map<String, String> metadata() {
    return file.getFooter().getFileMetaData().getKeyValueMetaData();
  }

  int rowGroups() {
    return file.getRowGroups().size();
  }

  /** Loads row group {@code number}; returns how many rows it has. */
  int load(int number) throws IOException {
    if (number < 0 || number >= rowGroups()) {
      throw new IOException(
          "%s has %d row groups, not row group %d".formatted(path, rowGroups(), number));
    }
    loaded = number;
    pages = file.readRowGroup(number);
    return Math.toIntExact(pages.getRowCount());
  }

  /** Bytes that the values of a column of the loaded row group have together, at most. */
  int mostBytes(String column) throws IOException {
    for (ColumnChunkMetaData chunk : file.getRowGroups().get(loaded).getColumns()) {
      if (chunk.getPath().toDotString().equals(column)) {
        return Math.toIntExact(chunk.getTotalUncompressedSize());
      }
    }
    throw new IOException(path + " has no column " + column);
  }

  /** Gives each value of a binary column of the loaded row group to {@code sink}. */
  void readBinary(String column, BinarySink sink) throws IOException {
    PageReader reader = pageReader(column);
    long left = reader.getTotalValueCount();
    int row = 0;
    while (left > 0) {
      DataPageV1 page = plainPage(reader.readPage());
      ByteBuffer bytes = page.getBytes().toByteBuffer().slice().order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < page.getValueCount(); i++) {
        int length = bytes.getInt();
        if (length < 0 || length > bytes.remaining()) {
          throw new IOException(path + " has a damaged page in column " + column);
        }
        sink.accept(row++, bytes, bytes.position(), length);
        bytes.position(bytes.position() + length);
      }
      left -= page.getValueCount();
    }
  }

  /** Copies an {@code INT32} column of the loaded row group to {@code target}. */
  void readInts(String column, ByteBuffer target) throws IOException {
    PageReader reader = pageReader(column);
    long left = reader.getTotalValueCount();
    while (left > 0) {
      DataPageV1 page = plainPage(reader.readPage());
      target.put(page.getBytes().toByteBuffer());
      left -= page.getValueCount();
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private PageReader pageReader(String column) throws IOException {
    if (!schema().containsPath(new String[] {column})) {
      throw new IOException(path + " has no column " + column);
    }
    ColumnDescriptor descriptor = schema().getColumnDescription(new String[] {column});
    return pages.getPageReader(descriptor);
  }

  private DataPageV1 plainPage(DataPage page) throws IOException {
    if (page instanceof DataPageV1 v1 && v1.getValueEncoding() == Encoding.PLAIN) {
      return v1;
    }
    throw new IOException(path + " was not written by Retort: a page is not plain");
  }
}
