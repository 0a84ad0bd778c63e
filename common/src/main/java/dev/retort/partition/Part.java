package dev.retort.partition;

import java.io.Serializable;

/** One contiguous piece of a model: number {@code index} of {@code count}. */
public record Part(int index, int count) implements Serializable {
  /** A model that is not cut. */
  public static final Part WHOLE = new Part(0, 1);

  public Part {
    if (index < 0 || index >= count) {
      throw new IllegalArgumentException("no part " + index + " of " + count);
    }
  }
}
