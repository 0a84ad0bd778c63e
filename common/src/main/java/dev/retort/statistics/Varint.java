package dev.retort.statistics;

import java.nio.ByteBuffer;

/** Non-negative longs as 7 bits a byte, lowest first, the top bit saying that more follow. */
final class Varint {
  static final int MAX_BYTES = 9;

  private Varint() {}

  static void write(long value, ByteBuffer to) {
    long left = value;
    while (left >= 0x80) {
      to.put((byte) (left | 0x80));
      left >>>= 7;
    }
    to.put((byte) left);
  }

  static long read(ByteBuffer from) {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = from.get();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number of more than 64 bits");
  }
}
