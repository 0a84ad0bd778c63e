package dev.retort.jobs.ingest;

import java.io.InputStream;
import java.util.Arrays;
import java.util.Iterator;

/** Lines as one stream of bytes, each ended by a line feed. */
final class LineStream extends InputStream {
  private final Iterator<byte[]> lines;
  private byte[] line = new byte[0];
  private int position;

  LineStream(Iterator<byte[]> lines) {
    this.lines = lines;
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    while (position == line.length) {
      if (!lines.hasNext()) {
        return -1;
      }
      byte[] next = lines.next();
      line = Arrays.copyOf(next, next.length + 1);
      line[next.length] = '\n';
      position = 0;
    }
    int count = Math.min(length, line.length - position);
    System.arraycopy(line, position, target, offset, count);
    position += count;
    return count;
  }
}
