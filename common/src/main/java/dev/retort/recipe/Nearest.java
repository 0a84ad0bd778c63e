package dev.retort.recipe;

import dev.retort.data.NearestName;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody meant: the known name with the smallest edit distance (Levenshtein 1966). */
final class Nearest {
  private Nearest() {}

  /** The nearest of {@code known}; empty when more than half of the name would change. */
  static Optional<String> of(String name, Collection<String> known) {
    return known.stream()
        .filter(
            other ->
                distance(name, other) <= Math.max(1, Math.max(name.length(), other.length()) / 2))
        .min(
            Comparator.comparingInt((String other) -> distance(name, other))
                .thenComparing(Comparator.naturalOrder()));
  }

  /** Insertions, deletions and replacements that turn one into the other, ignoring case and _. */
  static int distance(String first, String second) {
    return NearestName.distance(canonical(first), canonical(second));
  }

  private static String canonical(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
