package dev.retort.data;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What choices and counts need to know of consecutive samples in canonical order, 16 bytes each:
 * rank, stratum and the length of the text. Not thread safe.
 */
public final class SampleTags {
  private static final int TAG_BYTES = Long.BYTES + 2 * Integer.BYTES;

  private ByteBuffer bytes = ByteBuffer.allocate(TAG_BYTES << 8);

  /** Receives the tags in order. */
  public interface Visitor {
    /**
     * A sample.
     *
     * @param occurrence how many samples with the same rank come directly before it
     * @param tokens those of its text, negative if it was cut to that; 0 if it has none
     */
    void visit(int stratum, long rank, long occurrence, int tokens);
  }

  /** Adds the next sample; {@code tokens} as {@link Visitor#visit} will get them. */
  public void add(int stratum, long rank, int tokens) {
    if (bytes.remaining() < TAG_BYTES) {
      bytes = ByteBuffer.allocate(2 * bytes.capacity()).put(bytes.flip());
    }
    bytes.putLong(rank).putInt(stratum).putInt(tokens);
  }

  public byte[] toBytes() {
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  /** Gives what {@link #toBytes} returned to {@code visitor}. */
  public static void visit(byte[] tags, Visitor visitor) {
    ByteBuffer bytes = ByteBuffer.wrap(tags);
    long previous = 0;
    long occurrence = -1;
    while (bytes.hasRemaining()) {
      long rank = bytes.getLong();
      occurrence = occurrence >= 0 && rank == previous ? occurrence + 1 : 0;
      previous = rank;
      visitor.visit(bytes.getInt(), rank, occurrence, bytes.getInt());
    }
  }
}
