package dev.retort.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Direct buffers that begin at a multiple of 64 bytes.
 *
 * <p>Vectorised kernels treat the elements before the first aligned address one by one, and a sum
 * or an exponential so computed differs in its last bits. Only data that is always aligned alike
 * gives the same bits in every run.
 */
public final class AlignedBuffers {
  /** The alignment in bytes: one cache line, one AVX-512 register. */
  public static final int ALIGNMENT = 64;

  private AlignedBuffers() {}

  /** A zeroed, little-endian direct buffer of {@code bytes} bytes. */
  public static ByteBuffer allocate(int bytes) {
    int padded = Math.addExact(bytes, 2 * ALIGNMENT);
    return ByteBuffer.allocateDirect(padded)
        .alignedSlice(ALIGNMENT)
        .slice(0, bytes)
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Whether {@code bytes} is direct and its first byte lies at an aligned address. */
  public static boolean isAligned(ByteBuffer bytes) {
    return bytes.isDirect() && bytes.alignmentOffset(bytes.position(), ALIGNMENT) == 0;
  }
}
