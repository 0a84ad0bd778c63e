package dev.retort.graph.onnx;

import dev.retort.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;

/**
 * Writes data to a new file in chunks of 1 MB, whether it is in memory, mapped or in another file.
 * Chunks of zeros become holes where the file system has them.
 */
final class DataCopy {
  private static final int CHUNK_BYTES = 1 << 20;

  private final FileChannel out;
  private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
  private final ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK_BYTES);

  DataCopy(FileChannel out) {
    this.out = out;
  }

  /** Writes {@code data} at {@code offset}. */
  void write(TensorData data, long offset) throws IOException {
    if (data instanceof TensorData.FileSlice slice) {
      write(slice, offset);
    } else if (data instanceof TensorData.Inline inline) {
      write(inline.bytes(), offset);
    } else {
      throw new IllegalArgumentException("strings are no data of a file");
    }
  }

  /** Makes the file {@code size} bytes long if it ends with a hole. */
  void extendTo(long size) throws IOException {
    if (out.size() < size) {
      out.write(ByteBuffer.allocate(1), size - 1);
    }
  }

  private void write(TensorData.FileSlice slice, long offset) throws IOException {
    try (FileChannel in = FileChannel.open(slice.file(), StandardOpenOption.READ)) {
      long copied = 0;
      while (copied < slice.byteLength()) {
        chunk.clear().limit((int) Math.min(CHUNK_BYTES, slice.byteLength() - copied));
        if (in.read(chunk, slice.offset() + copied) <= 0) {
          throw new IOException(slice.file() + " is shorter than it was");
        }
        copied += writeChunk(chunk.flip(), offset + copied);
      }
    }
  }

  private void write(ByteBuffer bytes, long offset) throws IOException {
    int copied = 0;
    while (copied < bytes.limit()) {
      int length = Math.min(CHUNK_BYTES, bytes.limit() - copied);
      copied += writeChunk(bytes.slice(copied, length), offset + copied);
    }
  }

  private int writeChunk(ByteBuffer bytes, long offset) throws IOException {
    int length = bytes.remaining();
    boolean hole = length == CHUNK_BYTES && bytes.equals(zeros);
    while (!hole && bytes.hasRemaining()) {
      out.write(bytes, offset + bytes.position());
    }
    return length;
  }
}
