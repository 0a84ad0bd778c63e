package dev.retort.data;

import dev.retort.tensor.AlignedBuffers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/**
 * Direct, aligned buffers that one thread uses shard after shard, by name; they grow to the largest
 * need and are freed with this object. Not thread safe.
 */
public final class ShardBuffers {
  private final Map<String, ByteBuffer> buffers = new HashMap<>();

  /**
   * An empty, little-endian, aligned buffer of exactly {@code bytes} bytes for {@code column}; a
   * view of what earlier calls for it gave.
   */
  public ByteBuffer take(String column, int bytes) {
    ByteBuffer buffer = buffers.get(column);
    if (buffer == null || buffer.capacity() < bytes) {
      buffer = AlignedBuffers.allocate(bytes);
      buffers.put(column, buffer);
    }
    return buffer.slice(0, bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
