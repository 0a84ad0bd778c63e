package dev.retort.statistics;

/**
 * The interval of values that a quantizer keeps; what lies outside is clipped to its ends.
 *
 * @param min at most {@code max}
 * @param max finite, like {@code min}
 */
public record Range(float min, float max) {
  public Range {
    if (!(min <= max) || Float.isInfinite(max - min)) {
      throw new IllegalArgumentException("a range from " + min + " to " + max);
    }
  }

  /** The smallest range that holds this one and zero, which every grid represents. */
  public Range withZero() {
    return new Range(Math.min(min, 0), Math.max(max, 0));
  }
}
