package dev.retort.jobs.stage;

/**
 * One gate of the recipe, checked.
 *
 * @param name the recipe's key
 * @param limit what the recipe asks for
 * @param value what was reached
 * @param passed whether that is enough
 * @param decides whether the run fails when it is not: true for the last step
 */
public record GateResult(String name, double limit, double value, boolean passed, boolean decides) {

  /** A gate that {@code value} must not exceed. */
  static GateResult atMost(String name, double limit, double value, Role role) {
    return new GateResult(name, limit, value, value <= limit, role == Role.DECIDES);
  }

  /** A gate that {@code value} must reach. */
  static GateResult atLeast(String name, double limit, double value, Role role) {
    return new GateResult(name, limit, value, value >= limit, role == Role.DECIDES);
  }

  /** What follows from a gate that is missed. */
  enum Role {
    /** The run ends with exit code 4. */
    DECIDES,
    /** Nothing: a later step is judged. */
    INFORMS
  }
}
