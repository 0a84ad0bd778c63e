package dev.retort.data;

import dev.retort.tensor.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;

/**
 * The token ids of consecutive texts, one text after the other without padding: int32,
 * little-endian. A view of buffers that their owner may reuse.
 */
public final class TokenSequences {
  /** Bytes of one token id. */
  public static final int TOKEN_BYTES = ElementType.INT32.bits() / Byte.SIZE;

  private final InputSpec input;
  private final ByteBuffer ids;
  private final IntBuffer ends;

  /**
   * Texts whose ids lie in {@code ids}.
   *
   * @param input the stored input, which is a text
   * @param ends for each text the place behind its last token
   */
  public TokenSequences(InputSpec input, ByteBuffer ids, IntBuffer ends) {
    this.input = input;
    this.ids = ids.slice().order(ByteOrder.LITTLE_ENDIAN);
    this.ends = ends.slice();
  }

  /** The stored input. */
  public InputSpec input() {
    return input;
  }

  public int texts() {
    return ends.remaining();
  }

  /** How many tokens {@code text} has. */
  public int length(int text) {
    return ends.get(text) - begin(text);
  }

  /** The ids of {@code text}. */
  public ByteBuffer ids(int text) {
    return ids.slice(begin(text) * TOKEN_BYTES, length(text) * TOKEN_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Puts the ids of {@code text} at {@code offset} of {@code target}. */
  public void copy(int text, ByteBuffer target, int offset) {
    target.put(offset, ids, begin(text) * TOKEN_BYTES, length(text) * TOKEN_BYTES);
  }

  private int begin(int text) {
    return text == 0 ? 0 : ends.get(text - 1);
  }
}
