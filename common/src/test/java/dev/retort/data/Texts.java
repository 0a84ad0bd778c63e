package dev.retort.data;

import dev.retort.provenance.Sha256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.List;

/** Token sequences for tests. */
public final class Texts {
  private Texts() {}

  /** A text input of at most {@code maxLength} tokens. */
  public static InputSpec input(int maxLength) {
    return InputSpec.ofText("text", new TextSpec(Sha256.of("tokenizer"), maxLength, 0));
  }

  /** One text of each length, whose tokens are 1, 2, 3 and so on over all texts. */
  public static TokenSequences ofLengths(InputSpec input, Integer... lengths) {
    IntBuffer ends = IntBuffer.allocate(lengths.length);
    int tokens = 0;
    for (int length : lengths) {
      tokens += length;
      ends.put(tokens);
    }
    ByteBuffer ids = bytes(tokens);
    for (int i = 0; i < tokens; i++) {
      ids.putInt(i + 1);
    }
    return new TokenSequences(input, ids.flip(), ends.flip());
  }

  /** The ids as they are stored. */
  static ByteBuffer ids(int... ids) {
    ByteBuffer bytes = bytes(ids.length);
    Arrays.stream(ids).forEach(bytes::putInt);
    return bytes.flip();
  }

  /** The ids in {@code bytes}. */
  static List<Integer> ids(ByteBuffer bytes) {
    IntBuffer ids = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
    Integer[] list = new Integer[ids.remaining()];
    Arrays.setAll(list, ids::get);
    return List.of(list);
  }

  private static ByteBuffer bytes(int tokens) {
    return ByteBuffer.allocate(tokens * TokenSequences.TOKEN_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }
}
