package dev.retort.report;

/**
 * A size or a time against that of the teacher, in words.
 *
 * @param less what a smaller value is called, such as {@code faster}
 * @param more what a greater value is called
 * @param same what an equal one is called
 */
record Change(String less, String more, String same) {
  /** Such as {@code 3.75× smaller}; {@code times} stands behind the number. */
  String words(double before, double after, String times) {
    double ratio = Math.max(before, after) / Math.min(before, after);
    // Ratios that print as 1.00.
    if (ratio < 1.005) {
      return same;
    }
    return Numbers.significant(ratio, 3) + times + " " + (after < before ? less : more);
  }
}
