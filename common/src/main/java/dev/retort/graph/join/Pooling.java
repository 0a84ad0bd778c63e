package dev.retort.graph.join;

/** How the vectors of a text's tokens, {@code [N, tokens, width]}, become one of the text. */
public enum Pooling {
  /** The mean of the tokens whose {@code attention_mask} is 1. */
  MEAN,
  /** The first token's vector. */
  CLS,
  /** None: the encoder gives what the head takes. */
  NONE
}
