package dev.retort.data;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.retort.error.UserError;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Turns texts into token ids by a {@code tokenizer.json}, with the tokens that it puts around a
 * text; what the file says of padding and truncation is replaced by a largest length. Runs the
 * Hugging Face library {@code tokenizers} through DJL's binding, without its higher classes, which
 * bring more libraries and may report their use. Not thread safe; holds native memory until closed.
 */
public final class Tokenizer implements AutoCloseable {
  private static final boolean WITH_SPECIAL_TOKENS = true;
  private static final int NO_STRIDE = 0;

  private final TokenizersLibrary library;
  private final long handle;
  private final int maxLength;
  private final ByteBuffer ids;
  private boolean cut;

  private Tokenizer(TokenizersLibrary library, long handle, int maxLength) {
    this.library = library;
    this.handle = handle;
    this.maxLength = maxLength;
    this.ids =
        ByteBuffer.allocate(maxLength * TokenSequences.TOKEN_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * A tokenizer that keeps the first {@code maxLength} tokens of a text.
   *
   * @throws UserError if the file is no tokenizer, or adds as many tokens to every text
   * @throws dev.retort.error.InfrastructureError if there is no native library for this machine
   */
  public static Tokenizer open(TokenizerFile file, int maxLength) {
    TokenizersLibrary library = NativeTokenizers.load();
    long handle = create(library, file);
    Tokenizer tokenizer = new Tokenizer(library, handle, maxLength);
    try {
      tokenizer.limit(file);
      return tokenizer;
    } catch (RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  private static long create(TokenizersLibrary library, TokenizerFile file) {
    try {
      return library.createTokenizerFromString(file.json());
    } catch (RuntimeException e) {
      throw UserError.input(
          "Cannot use tokenizer %s: it is no tokenizer that this version knows (%s), must be the tokenizer.json of the model; correct the input's tokenizer"
              .formatted(file.path(), e.getMessage()),
          e);
    }
  }

  private void limit(TokenizerFile file) {
    library.disablePadding(handle);
    library.disableTruncation(handle);
    int added = tokens("").length;
    if (maxLength <= added) {
      throw UserError.input(
          "Cannot use tokenizer %s: max-length is %d, must be at least %d, for it adds %d tokens to every text; raise the input's max-length"
              .formatted(file.path(), maxLength, added + 1, added));
    }
    library.setTruncation(handle, maxLength, "LONGEST_FIRST", NO_STRIDE);
  }

  /**
   * The ids of {@code text}, int32 and little-endian, valid until the next call.
   *
   * @throws BadSampleException if there is none
   */
  public ByteBuffer encode(String text) throws BadSampleException {
    long[] tokens = tokens(text);
    if (tokens.length == 0) {
      throw new BadSampleException("the text has no token, must have at least one");
    }
    ids.clear();
    for (long token : tokens) {
      ids.putInt(Math.toIntExact(token));
    }
    return ids.asReadOnlyBuffer().flip();
  }

  /** Whether the text of the last call had more tokens than were kept. */
  public boolean wasCut() {
    return cut;
  }

  @Override
  public void close() {
    library.deleteTokenizer(handle);
  }

  private long[] tokens(String text) {
    long encoding = library.encode(handle, text, WITH_SPECIAL_TOKENS);
    try {
      cut = library.getOverflowCount(encoding) > 0;
      return library.getTokenIds(encoding);
    } finally {
      library.deleteEncoding(encoding);
    }
  }
}
