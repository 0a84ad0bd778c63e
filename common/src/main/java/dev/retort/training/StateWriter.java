package dev.retort.training;

import dev.retort.provenance.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;

/**
 * Writes the state of a training as canonical bytes: numbers little-endian, texts in UTF-8 behind
 * their length. Digests what it writes. Does not buffer small writes beyond 64 KiB and does not
 * close its stream. Not thread safe.
 */
public final class StateWriter {
  private static final int CHUNK_BYTES = 1 << 16;

  private final MessageDigest digest = Sha256.digest();
  private final OutputStream out;
  private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  public StateWriter(OutputStream out) {
    this.out = new DigestOutputStream(out, digest);
  }

  /** A writer that only digests. */
  static StateWriter toDigest() {
    return new StateWriter(OutputStream.nullOutputStream());
  }

  public void putLong(long value) throws IOException {
    chunk.clear().putLong(value);
    drain();
  }

  public void putDouble(double value) throws IOException {
    putLong(Double.doubleToLongBits(value));
  }

  public void putText(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    putLong(bytes.length);
    out.write(bytes);
  }

  /** Writes all of {@code bytes}, whose length the reader knows. */
  public void putBytes(ByteBuffer bytes) throws IOException {
    ByteBuffer left = bytes.duplicate();
    while (left.hasRemaining()) {
      int count = Math.min(CHUNK_BYTES, left.remaining());
      chunk.clear().put(0, left, left.position(), count).position(count);
      left.position(left.position() + count);
      drain();
    }
  }

  /** The digest of what was written since the writer began or gave the last one. */
  public Sha256 hash() {
    return Sha256.of(digest);
  }

  private void drain() throws IOException {
    out.write(chunk.array(), 0, chunk.position());
  }
}
