package dev.retort.graph.onnx;

import dev.retort.tensor.TensorData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.List;

/** The concatenation of data in memory, mapped and in files, read piece by piece. */
final class PieceStream extends InputStream {
  private final Iterator<TensorData> pieces;
  private ByteBuffer inline = ByteBuffer.allocate(0);
  private FileChannel file;
  private long position;
  private long end;

  PieceStream(List<TensorData> pieces) {
    this.pieces = pieces.iterator();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!inline.hasRemaining() && position == end) {
      if (!pieces.hasNext()) {
        return -1;
      }
      begin(pieces.next());
    }
    return inline.hasRemaining()
        ? readInline(target, offset, length)
        : readFile(target, offset, length);
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
      file = null;
    }
  }

  private void begin(TensorData piece) throws IOException {
    close();
    if (piece instanceof TensorData.Inline data) {
      inline = data.bytes();
    } else if (piece instanceof TensorData.FileSlice slice) {
      file = FileChannel.open(slice.file(), StandardOpenOption.READ);
      position = slice.offset();
      end = slice.offset() + slice.byteLength();
    } else {
      throw new IllegalArgumentException("strings are no data of a file");
    }
  }

  private int readInline(byte[] target, int offset, int length) {
    int count = Math.min(length, inline.remaining());
    inline.get(target, offset, count);
    return count;
  }

  private int readFile(byte[] target, int offset, int length) throws IOException {
    int most = (int) Math.min(length, end - position);
    int count = file.read(ByteBuffer.wrap(target, offset, most), position);
    if (count <= 0) {
      throw new IOException("a file of weights is shorter than it was");
    }
    position += count;
    return count;
  }
}
