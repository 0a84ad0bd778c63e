package dev.retort.jobs.stage;

/**
 * One gate of the recipe, checked.
 *
 * @param name the recipe's key
 * @param bound on which side of the limit the value must be
 * @param limit what the recipe asks for
 * @param value what was reached
 * @param passed whether that is enough
 * @param decides whether the run fails when it is not: true for the last step
 */
public record GateResult(
    String name, Bound bound, double limit, double value, boolean passed, boolean decides) {

  /** A gate that {@code value} must not exceed. */
  static GateResult atMost(String name, double limit, double value, Role role) {
    return new GateResult(name, Bound.AT_MOST, limit, value, value <= limit, role == Role.DECIDES);
  }

  /** A gate that {@code value} must reach. */
  static GateResult atLeast(String name, double limit, double value, Role role) {
    return new GateResult(name, Bound.AT_LEAST, limit, value, value >= limit, role == Role.DECIDES);
  }

  /** The side of the limit that passes. */
  public enum Bound {
    AT_MOST("at most"),
    AT_LEAST("at least");

    private final String words;

    Bound(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  /** The gate as a sentence, such as {@code size-ratio is 2.9, must be at least 3}. */
  String sentence() {
    return "%s is %.4g, must be %s %.4g".formatted(name, value, bound, limit);
  }

  /** What follows from a gate that is missed. */
  enum Role {
    /** The run ends with exit code 4. */
    DECIDES,
    /** Nothing: a later step is judged. */
    INFORMS
  }
}
