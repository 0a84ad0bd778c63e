package dev.retort.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tokenizers for tests. */
final class Tokenizers {
  private static final String MINILM = "all-minilm-l6-v2-tokenizer.json";

  private Tokenizers() {}

  /** MiniLM's, from its artifact: WordPiece, 30,522 tokens, padded to 128 by its file. */
  static TokenizerFile miniLm(Path folder) {
    Path file = folder.resolve(MINILM);
    try (InputStream in = Tokenizers.class.getClassLoader().getResourceAsStream(MINILM)) {
      Files.copy(in, file);
      return TokenizerFile.read(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static TokenizerFile of(Path folder, String json) {
    try {
      return TokenizerFile.read(Files.writeString(folder.resolve("tokenizer.json"), json));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
