package dev.retort.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;

/**
 * The pages of one column of the row group being written: PLAIN values of a required column,
 * compressed as soon as a page is full, so that a shard waits in memory in compressed form.
 */
final class ColumnPages {
  private static final int PAGE_BYTES = 1 << 20;

  /** A compressed page. */
  record Page(int values, int plainBytes, BytesInput compressed) {}

  private final BytesInputCompressor compressor;
  private final List<Page> pages = new ArrayList<>();
  private ByteBuffer plain = ByteBuffer.allocate(1 << 12).order(ByteOrder.LITTLE_ENDIAN);
  private int values;

  ColumnPages(BytesInputCompressor compressor) {
    this.compressor = compressor;
  }

  void addInt(int value) throws IOException {
    reserve(Integer.BYTES);
    plain.putInt(value);
    values++;
  }

  void addBinary(ByteBuffer value) throws IOException {
    reserve(Integer.BYTES + value.remaining());
    plain.putInt(value.remaining());
    plain.put(value.duplicate());
    values++;
  }

  /** All pages since the last call. */
  List<Page> take() throws IOException {
    finishPage();
    List<Page> taken = List.copyOf(pages);
    pages.clear();
    return taken;
  }

  private void reserve(int bytes) throws IOException {
    if (values > 0 && plain.position() + bytes > PAGE_BYTES) {
      finishPage();
    }
    if (plain.remaining() < bytes) {
      int wanted = Math.max(plain.position() + bytes, Math.min(PAGE_BYTES, 2 * plain.capacity()));
      plain = ByteBuffer.allocate(wanted).order(ByteOrder.LITTLE_ENDIAN).put(plain.flip());
    }
  }

  private void finishPage() throws IOException {
    if (values > 0) {
      BytesInput bytes = BytesInput.from(plain.array(), 0, plain.position());
      pages.add(new Page(values, plain.position(), BytesInput.copy(compressor.compress(bytes))));
      plain.clear();
      values = 0;
    }
  }
}
