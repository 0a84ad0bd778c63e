package dev.retort.graph;

/** One dimension of a value's shape. */
public sealed interface Dim {
  /** A dimension about which nothing is known. */
  Dim UNKNOWN = new Unknown();

  static Dim of(long size) {
    return new Fixed(size);
  }

  static Dim of(String symbol) {
    return new Symbolic(symbol);
  }

  /** A known size. */
  record Fixed(long size) implements Dim {
    @Override
    public String toString() {
      return Long.toString(size);
    }
  }

  /** A size with a name, such as {@code N}; equal names are equal sizes within one graph. */
  record Symbolic(String name) implements Dim {
    @Override
    public String toString() {
      return name;
    }
  }

  /** A size without a name. */
  record Unknown() implements Dim {
    @Override
    public String toString() {
      return "?";
    }
  }
}
