package dev.retort.graph.shape;

import java.util.OptionalLong;
import java.util.function.Function;

/** What the monomials of an {@link Extent} are products of. */
sealed interface Atom {
  /** Its value where each symbol has the given size; empty if one has null. */
  OptionalLong at(Function<String, Long> sizes);

  /** A symbolic dimension of the model. */
  record Symbol(String name) implements Atom {
    @Override
    public OptionalLong at(Function<String, Long> sizes) {
      Long size = sizes.apply(name);
      return size == null ? OptionalLong.empty() : OptionalLong.of(size);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** The largest integer not above a quotient; the divisor is positive. */
  record Floor(Extent dividend, long divisor) implements Atom {
    @Override
    public OptionalLong at(Function<String, Long> sizes) {
      OptionalLong value = dividend.at(sizes);
      return value.isEmpty() ? value : OptionalLong.of(Math.floorDiv(value.getAsLong(), divisor));
    }

    @Override
    public String toString() {
      String text = dividend.toString();
      return "floor(" + (text.contains(" ") ? "(" + text + ")" : text) + "/" + divisor + ")";
    }
  }

  /** The smaller of an extent and a number. */
  record Minimum(Extent extent, long limit) implements Atom {
    @Override
    public OptionalLong at(Function<String, Long> sizes) {
      OptionalLong value = extent.at(sizes);
      return value.isEmpty() ? value : OptionalLong.of(Math.min(value.getAsLong(), limit));
    }

    @Override
    public String toString() {
      return "min(" + extent + ", " + limit + ")";
    }
  }
}
