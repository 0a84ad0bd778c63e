package dev.retort;

import java.nio.file.Path;

/** The text encoder all-MiniLM-L6-v2, which the build puts into {@code data/models/minilm}. */
public final class MiniLm {
  private static final Path FOLDER =
      Path.of(System.getProperty("retort.root"), "data/models/minilm");

  private MiniLm() {}

  /** The model: opset 11, 22.6 million parameters, 90 MB. */
  public static Path model() {
    return FOLDER.resolve("all-minilm-l6-v2.onnx");
  }

  /** Its tokenizer: WordPiece, 30,522 tokens, padded to 128 by its file. */
  public static Path tokenizer() {
    return FOLDER.resolve("all-minilm-l6-v2-tokenizer.json");
  }
}
