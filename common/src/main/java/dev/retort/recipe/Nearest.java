package dev.retort.recipe;

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
    String a = canonical(first);
    String b = canonical(second);
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }

  private static String canonical(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
