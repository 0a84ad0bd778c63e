package dev.retort.training;

import dev.retort.error.UserError;
import dev.retort.provenance.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;

/**
 * Reads what a {@link StateWriter} wrote, in the same order. Anything else is refused with what was
 * expected. Digests what it reads. Not thread safe.
 */
public final class StateReader {
  private static final int CHUNK_BYTES = 1 << 16;
  private static final int MOST_TEXT_BYTES = 1 << 16;

  private final MessageDigest digest = Sha256.digest();
  private final InputStream in;
  private final String source;
  private final byte[] chunk = new byte[CHUNK_BYTES];

  /**
   * A reader of {@code in}, which it does not close.
   *
   * @param source where the bytes come from, for messages
   */
  public StateReader(InputStream in, String source) {
    this.in = new DigestInputStream(in, digest);
    this.source = source;
  }

  public long number() throws IOException {
    fill(Long.BYTES);
    return ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  public double real() throws IOException {
    return Double.longBitsToDouble(number());
  }

  public String text() throws IOException {
    long length = number();
    if (length < 0 || length > MOST_TEXT_BYTES) {
      throw refused("the length of a text", Long.toString(length), "at most " + MOST_TEXT_BYTES);
    }
    fill((int) length);
    return new String(chunk, 0, (int) length, StandardCharsets.UTF_8);
  }

  /** Fills {@code target}. */
  public void bytes(ByteBuffer target) throws IOException {
    ByteBuffer left = target.duplicate();
    while (left.hasRemaining()) {
      int count = Math.min(CHUNK_BYTES, left.remaining());
      fill(count);
      left.put(chunk, 0, count);
    }
  }

  /**
   * Reads a text that must be {@code expected}.
   *
   * @throws UserError (exit 3) if it is another
   */
  public void expect(String what, String expected) throws IOException {
    String found = text();
    if (!found.equals(expected)) {
      throw refused(what, found, expected);
    }
  }

  /** The digest of what was read since the reader began or gave the last one. */
  Sha256 hash() {
    return Sha256.of(digest);
  }

  UserError refused(String what, String found, String expected) {
    return UserError.input(
        "Cannot resume training: %s in %s is %s, must be %s; delete it and repeat the command"
            .formatted(what, source, found, expected));
  }

  private void fill(int count) throws IOException {
    if (in.readNBytes(chunk, 0, count) < count) {
      throw UserError.input(
          "Cannot resume training: %s ends too early, must be a whole checkpoint; delete it and repeat the command"
              .formatted(source));
    }
  }
}
