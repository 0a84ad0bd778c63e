package dev.retort.graph.join;

import java.util.Locale;

/** How the vectors of a text's tokens, {@code [N, tokens, width]}, become one of the text. */
public enum Pooling {
  /** The mean of the tokens whose {@code attention_mask} is 1. */
  MEAN,
  /** The first token's vector. */
  CLS,
  /** None: the encoder gives what the head takes. */
  NONE;

  /** As recipes and commands write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
