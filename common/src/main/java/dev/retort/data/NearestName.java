package dev.retort.data;

import java.util.Collection;
import java.util.Comparator;

/** The existing name that a mistyped one most likely means. */
public final class NearestName {
  private NearestName() {}

  /**
   * Says which of {@code existing} is nearest to {@code wanted} by edit distance, such as {@code
   * "the nearest is label"}; says {@code "there is none"} if nothing exists.
   */
  public static String hint(String wanted, Collection<String> existing) {
    return existing.stream()
        .min(
            Comparator.comparingInt((String name) -> distance(wanted, name))
                .thenComparing(Comparator.naturalOrder()))
        .map(name -> "the nearest is " + name)
        .orElse("there is none");
  }

  /** Insertions, deletions and replacements that turn one into the other, ignoring case. */
  public static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        boolean same =
            Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1));
        int replaced = diagonal + (same ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
