package dev.retort.data;

import dev.retort.error.InfrastructureError;
import dev.retort.provenance.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Reads what {@link SoftLabelWriter} wrote into reused direct buffers. Not thread safe.
 *
 * <p>All methods throw {@link InfrastructureError} if the file is damaged, gone, or of another
 * format.
 */
public final class SoftLabelReader implements AutoCloseable {
  static final String LOGITS = "logits";
  static final String VALUES = "values";
  static final String INDICES = "indices";
  static final String REST = "rest";

  private final Path path;
  private final SoftLabelFormat format;
  private final RowGroupReader rows;

  private SoftLabelReader(Path path, SoftLabelFormat format, RowGroupReader rows) {
    this.path = path;
    this.format = format;
    this.rows = rows;
  }

  /** Opens the chunk at {@code path}, which must have {@code format}. */
  public static SoftLabelReader open(FileSystem fileSystem, Path path, SoftLabelFormat format) {
    try {
      RowGroupReader rows = RowGroupReader.open(fileSystem, path);
      Map<String, String> found = rows.metadata();
      for (Map.Entry<String, String> wanted : format.metadata().entrySet()) {
        if (!wanted.getValue().equals(found.get(wanted.getKey()))) {
          rows.close();
          throw new IOException(
              "%s is %s, must be %s"
                  .formatted(wanted.getKey(), found.get(wanted.getKey()), wanted.getValue()));
        }
      }
      return new SoftLabelReader(path, format, rows);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /** The labels of the shard in {@code rowGroup}, valid until the next read into the buffers. */
  public SoftLabels read(int rowGroup, ShardBuffers buffers) {
    try {
      int samples = rows.load(rowGroup);
      ByteBuffer none = ByteBuffer.allocate(0);
      if (format.isFull()) {
        return new SoftLabels(
            format, samples, read(LOGITS, samples, format.valueBytes(), buffers), none, none);
      }
      return new SoftLabels(
          format,
          samples,
          read(VALUES, samples, format.valueBytes(), buffers),
          read(INDICES, samples, format.indexBytes(), buffers),
          read(REST, samples, TopLogits.REST_BYTES, buffers));
    } catch (IOException | RuntimeException e) {
      throw unreadable(path, e);
    }
  }

  /** The hash of the shard's logical content, which equals what writing it returned. */
  public Sha256 contentHash(SoftLabels labels) {
    MessageDigest digest = Sha256.digest();
    for (int i = 0; i < labels.samples(); i++) {
      labels.updateRow(i, digest);
    }
    return Sha256.of(digest);
  }

  @Override
  public void close() {
    try {
      rows.close();
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  static List<String> columns(SoftLabelFormat format) {
    return format.isFull() ? List.of(LOGITS) : List.of(VALUES, INDICES, REST);
  }

  private ByteBuffer read(String column, int samples, int rowBytes, ShardBuffers buffers)
      throws IOException {
    ByteBuffer target = buffers.take("soft-labels/" + column, samples * rowBytes);
    rows.readBinary(
        column,
        (row, page, offset, length) -> {
          if (length != rowBytes) {
            throw new IOException(
                "a row of %s has %d bytes, not %d".formatted(column, length, rowBytes));
          }
          target.put(row * rowBytes, page, offset, length);
        });
    return target;
  }

  private static InfrastructureError unreadable(Path path, Exception cause) {
    return new InfrastructureError(
        "Cannot read stored soft labels: %s is damaged or gone (%s); repeat the command, which makes it again"
            .formatted(path, cause.getMessage()),
        cause);
  }
}
