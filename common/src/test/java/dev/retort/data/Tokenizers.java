package dev.retort.data;

import dev.retort.MiniLm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tokenizers for tests. */
final class Tokenizers {
  private Tokenizers() {}

  static TokenizerFile miniLm() {
    return TokenizerFile.read(MiniLm.tokenizer());
  }

  static TokenizerFile of(Path folder, String json) {
    try {
      return TokenizerFile.read(Files.writeString(folder.resolve("tokenizer.json"), json));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
