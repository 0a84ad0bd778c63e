package dev.retort.training;

import dev.retort.error.UserError;

/** Checks of what a user sets; each refusal is one line. */
final class Settings {
  private Settings() {}

  /**
   * Refuses a number.
   *
   * @throws UserError (exit 2) unless {@code valid}
   */
  static void require(String setting, double value, boolean valid, String range) {
    if (!valid) {
      String printed =
          value == Math.rint(value) && Math.abs(value) < 0x1p53
              ? Long.toString((long) value)
              : Double.toString(value);
      throw UserError.usage(
          "Cannot train: %s is %s, must be %s; change it".formatted(setting, printed, range));
    }
  }

  /** Refuses a learning rate that is not above 0. */
  static void requireRate(String setting, double value) {
    require(setting, value, value > 0 && Double.isFinite(value), "above 0 and finite");
  }

  /** Refuses a coefficient outside [0, 1). */
  static void requireCoefficient(String setting, double value) {
    require(setting, value, value >= 0 && value < 1, "at least 0 and below 1");
  }
}
